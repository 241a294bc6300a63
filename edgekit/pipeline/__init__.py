"""The stages in order, as the command's verbs need them; the only package that knows them all."""

from edgekit.pipeline._bench import Benchmark, BenchOptions, bench, bench_ports
from edgekit.pipeline._cluster import ClusteredModel, ClusterRequest, cluster
from edgekit.pipeline._compare import Compared, compare
from edgekit.pipeline._convert import ConvertResult, Flashed, convert, flash
from edgekit.pipeline._energy import EnergyReport, MeteredEnergy, MeterOptions, UseOptions, energy
from edgekit.pipeline._mlperf import MODES, MlperfRun, mlperf
from edgekit.pipeline._project import (
    Events,
    Project,
    Silent,
    build,
    connected,
    open_project,
    system_of,
)
from edgekit.pipeline._quantize import Quantized, QuantizeOptions, quantize
from edgekit.pipeline._report import write_report
from edgekit.pipeline._verify import PLACES, Verification, verify

__all__ = [
    "MODES",
    "PLACES",
    "BenchOptions",
    "Benchmark",
    "ClusterRequest",
    "ClusteredModel",
    "Compared",
    "ConvertResult",
    "EnergyReport",
    "Events",
    "Flashed",
    "MeterOptions",
    "MeteredEnergy",
    "MlperfRun",
    "Project",
    "QuantizeOptions",
    "Quantized",
    "Silent",
    "UseOptions",
    "Verification",
    "bench",
    "bench_ports",
    "build",
    "cluster",
    "compare",
    "connected",
    "convert",
    "energy",
    "flash",
    "mlperf",
    "open_project",
    "quantize",
    "system_of",
    "verify",
    "write_report",
]

"""The stages in order, as the command's verbs need them; the only package that knows them all."""

from edgekit.pipeline._bench import Benchmark, bench
from edgekit.pipeline._convert import ConvertResult, Flashed, convert, flash
from edgekit.pipeline._mlperf import MODES, MlperfRun, mlperf
from edgekit.pipeline._project import Events, Project, Silent, build, connected, open_project
from edgekit.pipeline._quantize import Quantized, QuantizeOptions, quantize
from edgekit.pipeline._verify import PLACES, Verification, verify

__all__ = [
    "MODES",
    "PLACES",
    "Benchmark",
    "ConvertResult",
    "Events",
    "Flashed",
    "MlperfRun",
    "Project",
    "QuantizeOptions",
    "Quantized",
    "Silent",
    "Verification",
    "bench",
    "build",
    "connected",
    "convert",
    "flash",
    "mlperf",
    "open_project",
    "quantize",
    "verify",
]

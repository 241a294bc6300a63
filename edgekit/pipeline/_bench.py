"""What one inference costs: the device's figures, the image's and the model's."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from edgekit import builder, oracles, output
from edgekit.compiler import Compiled
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.harness import samples as sampling
from edgekit.harness.cycles import CycleEstimate, estimate
from edgekit.harness.measure import WARM_UP, Measurement
from edgekit.harness.measure import bench as measure
from edgekit.harness.session import Device
from edgekit.harness.system import SystemReport
from edgekit.meters import Meter
from edgekit.meters.recording import Recording
from edgekit.pipeline._at_once import at_once
from edgekit.pipeline._energy import (
    MeteredEnergy,
    MeterOptions,
    entered,
    from_recording,
    metered,
)
from edgekit.pipeline._project import Project, build, connected, open_project, system_of
from edgekit.pipeline._report import keep_run
from edgekit.report.summary import Summary, summarize


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What one inference costs: the device's figures, the image's and the model's.

    `cycles` are estimates, the core's own first; `cycles_note` says why there are none where the
    core has a model of its timing. `clock_hz` is the chip's rated clock, `system` what the firmware
    says that it runs on.
    """

    measured: Measurement
    sizes: builder.Sizes
    summary: Summary
    cycles: tuple[CycleEstimate, ...] = ()
    cycles_note: str = ""
    energy: MeteredEnergy | None = None
    clock_hz: int = 0
    system: SystemReport | None = None

    def macs_per_cycle(self, op: int) -> float | None:
        """Of one op: executed MACs by the cycles of its latency at the rated clock.

        In an emulator by the estimated cycles; None where neither is known or the op has no MACs.
        """
        macs = self.summary.layers[op].executed_macs
        latency = self.measured.ops[op].latency_us
        cycles = self.cycles[0].ops[op] if self.cycles else 0.0
        if latency is not None:
            cycles = latency * self.clock_hz / 1e6
        return macs / cycles if macs and cycles else None

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        m, latency = self.measured, self.measured.latency_us
        return {
            "board": m.board,
            "where": m.where,
            "system": None if self.system is None else self.system.to_json(),
            "instructions": m.instructions,
            **self._cycles(),
            "latency_us": None
            if latency is None
            else {**asdict(latency), "warm_up": list(m.warm_up_us)},
            "arena_bytes": m.arena_bytes,
            "stack_bytes": m.stack_bytes,
            "flash_bytes": {
                "total": self.sizes.flash_bytes,
                "weights": self.sizes.weights_bytes,
                "code": self.sizes.code_bytes,
            },
            "macs": self.summary.macs,
            "executed_macs": self.summary.executed_macs,
            "output_sha256": m.output_sha256,
            "stable": m.stable,
            "resets": m.resets,
            "clock": None if m.clock is None else asdict(m.clock),
            **({} if self.energy is None else {"energy": self.energy.to_json()}),
            "profile": {
                "overhead": m.profile_overhead,
                "timer_overhead_ticks": m.timer_overhead_ticks,
            },
            "layers": [
                {
                    "op": row.op,
                    "name": row.name,
                    "macs": row.macs,
                    "executed_macs": row.executed_macs,
                    "instructions": op.instructions,
                    **({"cycles_estimate": self.cycles[0].ops[i]} if self.cycles else {}),
                    **({} if op.latency_us is None else {"latency_us": op.latency_us}),
                    **self._rate(i),
                }
                for i, (row, op) in enumerate(zip(self.summary.layers, m.ops, strict=True))
            ],
        }

    def _rate(self, op: int) -> dict[str, float]:
        """MACs a cycle, named as an estimate where it is one."""
        rate = self.macs_per_cycle(op)
        if rate is None:
            return {}
        real = self.measured.where == "port"
        return {"macs_per_cycle" if real else "macs_per_cycle_estimate": rate}

    def _cycles(self) -> dict[str, Any]:
        """The estimates by the models' titles; the one of the core itself stands alone too."""
        if not self.cycles:
            return {}
        return {
            "cycles_estimate": self.cycles[0].cycles,
            "cycles_estimates": {each.title: each.cycles for each in self.cycles},
        }


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """How `bench` measures.

    Attributes:
        runs: measured inferences.
        warm_up: inferences before them.
        until_stable: go on, `runs` at a time, until their medians agree.
        meter: an instrument or a recording, for the energy.
    """

    runs: int = 10
    warm_up: int = WARM_UP
    until_stable: bool = False
    meter: MeterOptions | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What is the same for every board: the project, built, and an input."""

    project: Project
    compiled: Compiled
    firmware: builder.Firmware
    sample: oracles.Sample

    @property
    def inputs(self) -> list[bytes]:
        return [array.tobytes() for array in self.sample]


def bench(
    folder: Path, *, port: str = "", runs: int = 10, options: BenchOptions | None = None
) -> Benchmark:
    """Measure what one inference of a fixed random input costs.

    Args:
        folder: a project.
        port: a serial port with the board on it; the board's emulator if empty.
        runs: measured inferences, where `options` is not given.
        options: how it is measured.

    Raises:
        ToolError: a compiler or an emulator is missing.
        MisfitError: the figures do not fit each other.
        DeviceError: the board does not answer, or its output is wrong.
    """
    prepared = _prepare(folder)
    found = _bench(prepared, port, options or BenchOptions(runs))
    _keep(prepared.project, port, found)
    return found


def bench_ports(
    folder: Path, ports: Sequence[str], options: BenchOptions | None = None
) -> dict[str, Benchmark]:
    """Measure several boards with the same firmware at the same time.

    Args:
        folder: a project.
        ports: their serial ports, each another one.
        options: how each is measured; without an instrument, which is at one board.

    Raises:
        InputError: a port is given twice, or an instrument.
        ToolError: a compiler is missing.
        DeviceError: a board does not answer, or its output is wrong: the message names its port.
    """
    options = options or BenchOptions()
    if len(set(ports)) != len(ports):
        raise InputError(f"a port is given twice: {', '.join(ports)}")
    if options.meter is not None and len(ports) > 1:
        raise InputError("one instrument can't measure several boards", "measure them one by one")
    prepared = _prepare(folder)
    found = at_once({port: partial(_bench, prepared, port, options) for port in ports})
    for port, one in found.items():
        _keep(prepared.project, port, one)
    return found


def _keep(project: Project, port: str, found: Benchmark) -> None:
    trace = found.energy.trace if found.energy is not None else None
    run = {
        "build_id": project.build_id,
        "optimize": project.goal.value,
        "port": port,
        "bench": found.to_json(),
        "latencies_us": found.measured.latencies_us,
        "trace": None if trace is None else asdict(trace),
    }
    keep_run(project.folder, run)


def _prepare(folder: Path) -> _Prepared:
    project = open_project(folder)
    compiled = project.compiled()
    sample = sampling.generated(compiled.graph, 1).inputs[0]
    return _Prepared(project, compiled, build(folder), sample)


def _bench(prepared: _Prepared, port: str, options: BenchOptions) -> Benchmark:
    project, firmware = prepared.project, prepared.firmware
    energy: MeteredEnergy | None = None
    with contextlib.ExitStack() as stack:
        instrument = stack.enter_context(entered(options.meter, port)) if options.meter else None
        place = "port" if port else "emulator"
        device = stack.enter_context(connected(project, place, count=not port, port=port))
        system = system_of(device, project, prepared.compiled)
        measured = measure(
            device,
            project.target,
            prepared.inputs,
            runs=options.runs,
            warm_up=options.warm_up,
            until_stable=options.until_stable,
        )
        require_right(measured, prepared.compiled, prepared.sample)
        if instrument is not None and options.meter is not None:
            energy = _energy(device, instrument, options.meter, options.runs, measured)
    cycles: tuple[CycleEstimate, ...] = ()
    note = ""
    if not port:
        try:
            cycles = estimate(firmware.elf, project.target, project.name, prepared.inputs)
        except ToolError as error:
            note = error.message
    return Benchmark(
        measured,
        firmware.sizes,
        summarize(prepared.compiled),
        cycles,
        note,
        energy,
        project.target.soc.clock_hz,
        system,
    )


def _energy(
    device: Device, meter: Meter, options: MeterOptions, runs: int, measured: Measurement
) -> MeteredEnergy:
    latency = measured.latency_us
    if isinstance(meter, Recording):
        latency_s = None if latency is None else latency.median / 1e6
        return from_recording(meter, options, latency_s)
    if device.link.emulated:
        raise InputError(f"a {meter.title} measures a real board", "say where that is: --port PORT")
    return metered(device, meter, options, runs)


def require_right(measured: Measurement, compiled: Compiled, sample: oracles.Sample) -> None:
    """A fast wrong answer is no figure."""
    graph = compiled.source  # the model's own: what the passes did is checked as well
    answers = next(oracles.find("numpy_reference").run(b"", graph, [sample]))
    by_tensor = {op.outputs[0]: array for op, array in zip(graph.ops, answers, strict=True)}
    expected = b"".join(by_tensor[index].tobytes() for index in graph.outputs)
    if measured.output_sha256 != output.sha256(expected):
        raise DeviceError(
            f"the {measured.where}'s output is not what the model computes: no figures are given",
            "find the first wrong layer with `edgekit verify`",
        )

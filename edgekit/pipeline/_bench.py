"""What one inference costs: the device's figures, the image's and the model's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgekit import builder, oracles, output
from edgekit.compiler import Compiled
from edgekit.errors import DeviceError, ToolError
from edgekit.harness import samples as sampling
from edgekit.harness.cycles import CycleEstimate, estimate
from edgekit.harness.measure import Measurement
from edgekit.harness.measure import bench as measure
from edgekit.pipeline._project import build, connected, open_project
from edgekit.report.summary import Summary, summarize


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What one inference costs: the device's figures, the image's and the model's.

    `cycles` are estimates, the core's own first; `cycles_note` says why there are none where the
    core has a model of its timing.
    """

    measured: Measurement
    sizes: builder.Sizes
    summary: Summary
    cycles: tuple[CycleEstimate, ...] = ()
    cycles_note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        m, latency = self.measured, self.measured.latency_us
        return {
            "board": m.board,
            "where": m.where,
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
            "layers": [
                {
                    "op": row.op,
                    "name": row.name,
                    "macs": row.macs,
                    "executed_macs": row.executed_macs,
                    "instructions": op.instructions,
                    **({"cycles_estimate": self.cycles[0].ops[i]} if self.cycles else {}),
                    **({} if op.latency_us is None else {"latency_us": op.latency_us}),
                }
                for i, (row, op) in enumerate(zip(self.summary.ops, m.ops, strict=True))
            ],
        }

    def _cycles(self) -> dict[str, Any]:
        """The estimates by the models' titles; the one of the core itself stands alone too."""
        if not self.cycles:
            return {}
        return {
            "cycles_estimate": self.cycles[0].cycles,
            "cycles_estimates": {each.title: each.cycles for each in self.cycles},
        }


def bench(folder: Path, *, port: str = "", runs: int = 10) -> Benchmark:
    """Measure what one inference of a fixed random input costs.

    Args:
        folder: a project.
        port: a serial port with the board on it; the board's emulator if empty.
        runs: measured inferences.

    Raises:
        ToolError: a compiler or an emulator is missing.
        DeviceError: the board does not answer, or its output is wrong.
    """
    project = open_project(folder)
    compiled = project.compiled()
    firmware = build(folder)
    sample = sampling.generated(compiled.graph, 1).inputs[0]
    inputs = [array.tobytes() for array in sample]
    with connected(project, "port" if port else "emulator", count=not port, port=port) as device:
        measured = measure(device, project.target, inputs, runs=runs)
    require_right(measured, compiled, sample)
    cycles: tuple[CycleEstimate, ...] = ()
    note = ""
    if not port:
        try:
            cycles = estimate(firmware.elf, project.target, project.name, inputs)
        except ToolError as error:
            note = error.message
    return Benchmark(measured, firmware.sizes, summarize(compiled), cycles, note)


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

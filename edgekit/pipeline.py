"""The stages in order, as the command's verbs need them; the only module that knows them all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from edgekit import builder, emulators, oracles, output, targets
from edgekit.compiler import Compiled, compile_tflite
from edgekit.emulators import Link, host
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.flashers import vendor_tool
from edgekit.harness import samples as sampling
from edgekit.harness.answers import right_answers
from edgekit.harness.cycles import CycleEstimate, estimate
from edgekit.harness.flash import flash_emulated
from edgekit.harness.measure import Measurement
from edgekit.harness.measure import bench as measure
from edgekit.harness.protocol import Hello
from edgekit.harness.reduced import notes
from edgekit.harness.session import Device
from edgekit.harness.verify import PlaceResult, verify_device
from edgekit.kernels import Goal
from edgekit.packaging import ConvertOptions, Package, make_package
from edgekit.report.summary import Summary, summarize
from edgekit.targets import Target

PLACES = ("host", "emulator")


class Events(Protocol):
    """Who shows progress."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins, of `total` steps where that is known."""

    def advance(self) -> None:
        """One step of the stage is done."""


class Silent:
    """Shows nothing."""

    def stage(self, text: str, total: int = 0) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A folder that `convert` made, opened.

    Attributes:
        folder: the folder.
        target: the board that it is for.
        name: the model's C identifier.
        model: contents of model.tflite.
        build_id: what its firmware answers with.
        goal: what its kernels were chosen for.
    """

    folder: Path
    target: Target
    name: str
    model: bytes
    build_id: str
    goal: Goal

    def compiled(self) -> Compiled:
        """The model, compiled anew."""
        return compile_tflite(self.model, self.target, self.name, goal=self.goal)

    def build_folder(self, host: bool) -> Path:
        """Where `build` puts its results."""
        return self.folder / "build" / ("host" if host else self.target.board.name)


@dataclass(frozen=True, slots=True)
class ConvertResult:
    """What `convert` made; `package.summary` and `package.fit` have the figures."""

    written: output.Written
    package: Package


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found, place by place.

    `oracles` says who knew the right answers, `notes` what else a reader should know.
    """

    places: dict[str, PlaceResult]
    oracles: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def mismatches(self) -> int:
        """Wrong tensors in all places."""
        return sum(place.mismatches for place in self.places.values())

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        found: dict[str, Any] = {name: result.to_json() for name, result in self.places.items()}
        firsts = [place.first for place in self.places.values() if place.first is not None]
        if firsts:
            found["first_mismatch"] = firsts[0].to_json()
        found |= {"oracles": list(self.oracles), "notes": list(self.notes)}
        return found


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


def convert(options: ConvertOptions, events: Events | None = None) -> ConvertResult:
    """Turn a model into firmware.

    Raises:
        EdgekitError: see `make_package` and `output.write`; nothing is written then.
    """
    output.check_destination(options.out, options.force)
    package = make_package(options, events or Silent())
    return ConvertResult(output.write(options.out, package.files, package.manifest), package)


def open_project(folder: Path) -> Project:
    """Open a folder that `convert` made.

    Raises:
        InputError: it is none, or its board is gone.
    """
    manifest = output.read_manifest(folder)
    model = folder / "model.tflite"
    try:
        return Project(
            folder,
            targets.load_board(str(manifest["board"])),
            str(manifest["model"]),
            model.read_bytes(),
            str(manifest["build_id"]),
            Goal(manifest["optimize"]),
        )
    except (KeyError, OSError, ValueError) as error:
        raise InputError(
            f"{folder} is not complete: {error}", "convert again with --force"
        ) from error


def build(folder: Path, *, host: bool = False, sanitize: bool = False) -> builder.Firmware:
    """Compile a project's firmware for its board, or for this computer.

    Raises:
        ToolError: a compiler is missing or reports errors.
    """
    project = open_project(folder)
    return builder.build(
        folder / "firmware", project.build_folder(host), host=host, sanitize=sanitize
    )


@contextlib.contextmanager
def connected(
    project: Project, place: str, *, count: bool = False, port: str = ""
) -> Iterator[Device]:
    """A session with a project's firmware, built where needed.

    Args:
        project: the project.
        place: `host`, `emulator` or `port`.
        count: whether instructions are to be counted; the emulator is slower then.
        port: the serial port, for the place `port`.

    Raises:
        ToolError: no compiler or emulator.
        DeviceError: nothing answers, or something else than this project's firmware.
    """
    if place == "port":
        link = Link(port, project.target.board.baud)
        with Device(link) as device:
            device.expect(project.build_id)
            yield device
        return
    firmware = build(project.folder, host=place == "host")
    with (
        _running(place, firmware.elf, project.target, count) as link,
        Device(link) as device,
    ):
        device.expect(project.build_id)
        yield device


def _running(
    place: str, elf: Path, target: Target, count: bool
) -> contextlib.AbstractContextManager[Link]:
    if place == "host":
        return host.running(elf, target, count=count)
    return emulators.running(elf, target, count=count)


def verify(
    folder: Path,
    places: tuple[str, ...] = PLACES,
    data: Path | None = None,
    count: int | None = None,
    events: Events | None = None,
) -> Verification:
    """Compare every operator's output in each place with the oracles'.

    Args:
        folder: a project.
        places: `host`, `emulator`.
        data: .npy or .npz of inputs; random and edge inputs without it.
        count: samples to use: of the data, or random ones (8 by default).
        events: who shows progress.

    Raises:
        InputError: the data don't fit.
        ToolError: a compiler or an emulator is missing.
        DeviceError: a place does not answer as it should.
    """
    events = events or Silent()
    project = open_project(folder)
    compiled = project.compiled()
    graph = compiled.graph
    chosen = (
        sampling.load(data, graph, count)
        if data is not None
        else sampling.generated(graph, 8 if count is None else count)
    )
    answers = right_answers(project.model, compiled.source, graph, chosen.inputs, events)
    found = {}
    for place in places:
        with connected(project, place) as device:
            events.stage(f"verifying on the {place}", len(chosen.inputs))
            found[place] = verify_device(
                device,
                graph,
                chosen.inputs,
                answers.expected,
                answers.outputs_of,
                place=place,
                labels=chosen.labels,
                advance=events.advance,
            )
    remarks = (*answers.notes, *notes(compiled.source, graph))
    return Verification(found, answers.oracles, remarks)


def flash(folder: Path, *, emulate: bool) -> Hello:
    """Put a project's firmware on its board and read its build id back.

    Raises:
        ToolError: a compiler or an emulator is missing; or a real board, which edgekit does not
            program itself yet: the hint has the command that does.
        DeviceError: it does not answer, or as another build.
    """
    project = open_project(folder)
    firmware = build(folder)
    if not emulate:
        vendor_tool.flash(firmware.elf, project.target)
    return flash_emulated(firmware.elf, project.target, project.build_id)


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
    _require_right(measured, compiled, sample)
    cycles: tuple[CycleEstimate, ...] = ()
    note = ""
    if not port:
        try:
            cycles = estimate(firmware.elf, project.target, project.name, inputs)
        except ToolError as error:
            note = error.message
    return Benchmark(measured, firmware.sizes, summarize(compiled), cycles, note)


def _require_right(measured: Measurement, compiled: Compiled, sample: oracles.Sample) -> None:
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

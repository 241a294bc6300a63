"""Variants of a network side by side: what each costs on its board, and how often it is right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit import importers
from edgekit.convert import Converted, evaluate
from edgekit.convert._litert import LiteRt
from edgekit.errors import EdgekitError, InputError, ToolError
from edgekit.harness.intervals import wilson
from edgekit.pipeline._bench import bench
from edgekit.pipeline._project import Events, Project, Silent, build, open_project
from edgekit.report.summary import summarize


@dataclass(frozen=True, slots=True)
class Compared:
    """One variant; None where something is not known.

    Attributes:
        name: the folder's name.
        board: what it was converted for.
        accuracy: of the int8 model, share of 1.
        accuracy_low: lower end of its 95 % interval (Wilson).
        accuracy_high: upper end.
        samples: that it was counted on.
        accuracy_data: the samples' source.
        parameters: weights and biases of the .tflite.
        macs: multiply-accumulates of the model.
        tflite_bytes: of the .tflite.
        gzip_bytes: of the same, compressed.
        flash_bytes: of the linked firmware.
        arena_bytes: input and output included.
        ram_bytes: of the linked firmware.
        instructions: of one inference, counted in the emulator.
        cycles: of the same, estimated by the core's model.
        latency_us: these cycles, or instructions where there is no model, at the rated clock: an
            estimate without wait states.
        training_s: of `edgekit train`, or of all that `edgekit optimize` did.
        training_wh: of `edgekit train`, estimated by CodeCarbon.
        note: why something is missing.
    """

    name: str
    board: str
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    samples: int | None
    accuracy_data: str | None
    parameters: int
    macs: int
    tflite_bytes: int
    gzip_bytes: int
    flash_bytes: int | None
    arena_bytes: int
    ram_bytes: int | None
    instructions: int | None
    cycles: int | None
    latency_us: float | None
    training_s: float | None
    training_wh: float | None
    note: str = ""


def compare(
    folders: Sequence[Path], data: str | None = None, events: Events | None = None
) -> tuple[Compared, ...]:
    """Compare projects that `convert` or `optimize` made.

    Args:
        folders: the projects; they are built, and run in their boards' emulators.
        data: labelled samples to measure every variant's accuracy on; what the projects recorded
            if None, which may be of different samples.
        events: who is told.

    Raises:
        InputError: a folder is no project, is given twice, or the data don't fit.
    """
    events = events or Silent()
    resolved = [folder.resolve() for folder in folders]
    if len(set(resolved)) != len(resolved):
        raise InputError("a folder is given twice", "give each variant once")
    projects = [open_project(folder) for folder in folders]
    found = []
    for project in projects:
        events.stage(f"measuring {project.folder.name}")
        found.append(_compared(project, data))
    return tuple(found)


def _compared(project: Project, data: str | None) -> Compared:
    summary = summarize(project.compiled())
    seconds, energy = _training(project.folder)
    costs = _costs(project)
    accuracy = _measured(project, data) if data is not None else _recorded(project.folder)
    low, high = (None, None)
    if accuracy is not None:
        low, high = wilson(round(accuracy[0] * accuracy[1]), accuracy[1])
    return Compared(
        name=project.folder.resolve().name,
        board=project.target.board.name,
        accuracy=None if accuracy is None else accuracy[0],
        accuracy_low=low,
        accuracy_high=high,
        samples=None if accuracy is None else accuracy[1],
        accuracy_data=None if accuracy is None else accuracy[2],
        parameters=_parameters(project),
        macs=summary.macs,
        tflite_bytes=len(project.model),
        gzip_bytes=len(gzip.compress(project.model, 9, mtime=0)),
        arena_bytes=summary.arena_bytes,
        training_s=seconds,
        training_wh=energy,
        **costs,
    )


def _costs(project: Project) -> dict[str, Any]:
    """Of the linked firmware and of an inference in the emulator, as far as they can be had."""
    none = dict.fromkeys(("flash_bytes", "ram_bytes", "instructions", "cycles", "latency_us"))
    clock = project.target.soc.clock_hz
    try:
        if project.target.board.emulator is None:
            sizes = build(project.folder).sizes
            note = "no emulator of its board"
            return {**none, "flash_bytes": sizes.flash_bytes, "ram_bytes": sizes.ram_bytes} | {
                "note": note
            }
        found = bench(project.folder, runs=1)
    except ToolError as error:
        return {**none, "note": error.message}
    instructions = found.measured.instructions
    cycles = found.cycles[0].cycles if found.cycles else None
    taken = cycles if cycles is not None else instructions
    note = "" if cycles is not None else found.cycles_note or "latency: a cycle an instruction"
    return {
        "flash_bytes": found.sizes.flash_bytes,
        "ram_bytes": found.sizes.ram_bytes,
        "instructions": instructions,
        "cycles": cycles,
        "latency_us": None if taken is None else taken * 1e6 / clock,
        "note": note,
    }


def _parameters(project: Project) -> int:
    """Elements of all constants that the model's own ops read, each once."""
    graph = project.compiled().source
    read = {i for op in graph.ops for i in op.inputs if i >= 0}
    return sum(graph.tensors[i].size for i in read if graph.tensors[i].data is not None)


def _measured(project: Project, data: str) -> tuple[float, int, str]:
    run = LiteRt(project.model)
    try:
        found = evaluate(Converted(project.name, project.model), data, run.invoke)
    except EdgekitError as error:
        error.message = f"{project.folder}: {error.message}"
        raise
    return found.int8_accuracy, found.samples, data


def _recorded(folder: Path) -> tuple[float, int, str] | None:
    """What `optimize --out` or `convert --evaluate` found."""
    way = _json(folder / "optimize.json").get("test")
    if isinstance(way, dict):
        source = str(_json(folder / "optimize.json").get("data", ""))
        return float(way["accuracy"]), int(way["samples"]), f"{source} (test)"
    known = _json(folder / "report.json").get("accuracy")
    if isinstance(known, dict):
        return float(known["int8"]), int(known["samples"]), str(known["data"])
    return None


def _training(folder: Path) -> tuple[float | None, float | None]:
    """Seconds and Wh of the training that made it, where its record is there."""
    given = _json(folder / "manifest.json").get("inputs", {}).get("source", {})
    run = Path(importers.file_of(str(given.get("name", "")))).parent
    record = _json(folder / "optimize.json") or _json(run / "run.json")
    energy = record.get("energy")
    seconds = record.get("seconds")
    return (
        None if seconds is None else float(seconds),
        None if not isinstance(energy, dict) else 1000 * float(energy["energy_kwh"]),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

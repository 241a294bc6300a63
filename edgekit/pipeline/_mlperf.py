"""MLPerf Tiny in a box: both modes on a board or in its emulator, and a tree of results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekit import output
from edgekit.errors import DeviceError, InputError
from edgekit.harness import mlperf as rules
from edgekit.harness import samples as sampling
from edgekit.harness.mlperf import Accuracy, Performance, Talk, wire_bytes
from edgekit.harness.samples import Samples
from edgekit.harness.session import Device
from edgekit.harness.system import SystemReport
from edgekit.pipeline._project import Events, Project, Silent, connected, open_project, system_of
from edgekit.pipeline._report import keep_mlperf

MODES = ("accuracy", "performance")


@dataclass(frozen=True, slots=True)
class MlperfRun:
    """What both modes found.

    `out` has the tree, `system` what the firmware says that it runs on; `accuracy` is None where
    there was no labelled data or it was not asked for.
    """

    board: str
    where: str
    dut: str
    model: str
    build_id: str
    accuracy: Accuracy | None
    performance: Performance | None
    notes: tuple[str, ...]
    out: Path
    system: SystemReport | None = None

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return asdict(self)


def mlperf(
    folder: Path,
    out: Path,
    *,
    port: str = "",
    data: Path | None = None,
    count: int | None = None,
    modes: Sequence[str] = MODES,
    force: bool = False,
    events: Events | None = None,
) -> MlperfRun:
    """Run MLPerf Tiny's modes on a project's firmware and write the results.

    Args:
        folder: a project.
        out: folder of the results.
        port: a serial port with the board on it; the board's emulator if empty.
        data: .npz with x and y; without it there is no accuracy mode.
        count: so many samples of it; all if None.
        modes: some of MODES.
        force: an earlier tree may be replaced.
        events: who shows progress.

    Raises:
        InputError: the data don't fit, or `out` is there already.
        ToolError: a compiler or an emulator is missing.
        DeviceError: the board does not answer as the protocol says.
    """
    events = events or Silent()
    output.check_destination(out, force)
    project = open_project(folder)
    chosen, notes = _samples(project, data, count, modes)
    wire = _wire(project, chosen)
    found_accuracy = found_performance = system = None
    logs: dict[str, list[str]] = {}
    if "performance" in modes:
        events.stage("performance mode", rules.LOOPS)
        with connected(project, _place(port), count=not port, port=port) as device:
            talk, names, system = _introduce(device, project)
            found_performance = rules.performance(talk, wire, events.advance)
            logs["performance"] = talk.log
    if "accuracy" in modes and chosen.labels is not None:
        events.stage("accuracy mode", len(wire))
        groups = _groups(data, len(wire))
        # Not counted: instructions say nothing here, and the emulator is faster without.
        with connected(project, _place(port), port=port) as device:
            talk, names, system = _introduce(device, project)
            found_accuracy = rules.accuracy(
                talk, project.name, wire, chosen.labels, events.advance, groups
            )
            logs["accuracy"] = talk.log
    if not logs:
        raise InputError("there is nothing to run", "accuracy mode needs --data with labels y")
    board, build = project.target.board.name, project.build_id
    modes_found = (found_accuracy, found_performance)
    found = MlperfRun(board, _place(port), *names, build, *modes_found, notes, out, system)
    output.write(out, _tree(found, logs), {"made_by": "edgekit mlperf", **_summary(found)})
    keep_mlperf(folder, build, {**_summary(found), "out": str(out)})
    return found


def _wire(project: Project, chosen: Samples) -> list[bytes]:
    """The samples as they go over the line."""
    graph = project.compiled().source
    tensor = graph.tensors[graph.inputs[0]]
    return [wire_bytes(sample[0], tensor, project.name) for sample in chosen.inputs]


def _place(port: str) -> str:
    return "port" if port else "emulator"


def _introduce(
    device: Device, project: Project
) -> tuple[Talk, tuple[str, str], SystemReport | None]:
    system = system_of(device, project)
    talk = Talk(device)
    dut, model = talk.identify()
    if model != project.name:
        raise DeviceError(f"the device has the model {model!r}, the project is {project.name!r}")
    return talk, (dut, model), system


def _samples(
    project: Project, data: Path | None, count: int | None, modes: Sequence[str]
) -> tuple[Samples, tuple[str, ...]]:
    graph = project.compiled().source
    notes = []
    if data is not None:
        chosen = sampling.load(data, graph, count)
        if chosen.labels is None:
            notes.append(f"{data} has no labels y: no accuracy mode")
    else:
        chosen = sampling.generated(graph, rules.LOOPS)
        if "accuracy" in modes:
            notes.append("no accuracy mode without --data")
    if len(graph.inputs) != 1:
        raise InputError("the protocol knows models of one input only")
    if project.name not in rules.FLOORS:
        notes.append(
            f"{project.name!r} is none of the benchmark's tasks ({', '.join(rules.FLOORS)}): no "
            "floor applies"
        )
    return chosen, tuple(notes)


def _groups(data: Path | None, count: int) -> npt.NDArray[np.int64] | None:
    """The array `recording` of the data: the recording that each window of ad01 is from.

    Raises:
        InputError: it is not a number for each sample.
    """
    if data is None or data.suffix != ".npz":
        return None
    with np.load(data, allow_pickle=False) as arrays:  # it was read before
        if "recording" not in arrays.files:
            return None
        groups = np.asarray(arrays["recording"])
    if groups.ndim != 1 or len(groups) < count or groups.dtype.kind not in "iu":
        raise InputError(f"{data}: `recording` must be a whole number for each sample")
    return groups[:count].astype(np.int64)


def _summary(found: MlperfRun) -> dict[str, Any]:
    return {key: value for key, value in found.to_json().items() if key != "out"}


def _tree(found: MlperfRun, logs: dict[str, list[str]]) -> dict[str, bytes]:
    """results/BOARD/MODEL/MODE, as a submission to the benchmark is laid out."""
    files = {}
    for mode, lines in logs.items():
        result = found.accuracy if mode == "accuracy" else found.performance
        assert result is not None  # a mode with a log has one
        below = f"results/{found.board}/{found.model}/{mode}"
        values = asdict(result)
        files[f"{below}/log.txt"] = _text(lines)
        files[f"{below}/results.json"] = (json.dumps(values, indent=2) + "\n").encode()
        files[f"{below}/results.txt"] = _text(
            [f"{name}: {value}" for name, value in values.items() if value not in (None, ())]
        )
    said = None if found.system is None else found.system.to_json()
    system = {
        "board": found.board,
        "where": found.where,
        "build_id": found.build_id,
        "system": said,
    }
    files[f"systems/{found.board}.json"] = (json.dumps(system, indent=2) + "\n").encode()
    return files


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()

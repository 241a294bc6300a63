"""Every operator's output against the oracles', in each place."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.harness import samples as sampling
from edgekit.harness.answers import right_answers
from edgekit.harness.reduced import notes
from edgekit.harness.system import SystemReport
from edgekit.harness.verify import PlaceResult, verify_device
from edgekit.pipeline._project import Events, Silent, connected, open_project, system_of
from edgekit.pipeline._report import keep_verification

PLACES = ("host", "emulator")


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found, place by place.

    `oracles` says who knew the right answers, `notes` what else a reader should know, `systems`
    what the firmware says that it runs on, for boards and emulators.
    """

    places: dict[str, PlaceResult]
    oracles: tuple[str, ...]
    notes: tuple[str, ...] = ()
    systems: dict[str, SystemReport] = field(default_factory=dict)

    @property
    def mismatches(self) -> int:
        """Wrong tensors in all places."""
        return sum(place.mismatches for place in self.places.values())

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        found: dict[str, Any] = {name: result.to_json() for name, result in self.places.items()}
        for name, system in self.systems.items():
            found[name]["system"] = system.to_json()
        firsts = [place.first for place in self.places.values() if place.first is not None]
        if firsts:
            found["first_mismatch"] = firsts[0].to_json()
        found |= {"oracles": list(self.oracles), "notes": list(self.notes)}
        return found


def verify(
    folder: Path,
    places: tuple[str, ...] = PLACES,
    data: Path | None = None,
    count: int | None = None,
    events: Events | None = None,
    port: str = "",
) -> Verification:
    """Compare every operator's output in each place with the oracles'.

    Args:
        folder: a project.
        places: `host`, `emulator`, `port`.
        data: .npy or .npz of inputs; random and edge inputs without it.
        count: samples to use: of the data, or random ones (8 by default).
        events: who shows progress.
        port: the serial port, for the place `port`.

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
    traced = compiled.traced
    layouts = compiled.layouts
    answers = right_answers(project.model, compiled.source, traced, chosen.inputs, events, layouts)
    found = {}
    systems = {}
    for place in places:
        with connected(project, place, port=port) as device:
            system = system_of(device, project, compiled)
            if system is not None:
                systems[place] = system
            events.stage(f"verifying on the {place}", len(chosen.inputs))
            found[place] = verify_device(
                device,
                traced,
                chosen.inputs,
                answers.expected,
                answers.outputs_of,
                place=place,
                labels=chosen.labels,
                advance=events.advance,
                layouts=layouts,
            )
    remarks = (*answers.notes, *notes(compiled.source, graph, traced))
    result = Verification(found, answers.oracles, remarks, systems)
    keep_verification(folder, project.build_id, result.to_json())
    return result

"""What a project's folder knows of itself: report.json, the manifest and the verbs' results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from edgekit import output
from edgekit.errors import InputError

#: The verbs' results, below the project's folder; they are no part of the manifest.
RESULTS = "results"

Json = Mapping[str, Any]

#: Verbs of which the last result is kept, and what a result must have.
_LAST = {"build": "sizes", "verify": "verification", "energy": "energy", "mlperf": "mlperf"}


@dataclass(frozen=True)  # without slots: cached_property needs a place for what it found
class Findings:
    """Everything that a report shows.

    Attributes:
        report: report.json.
        manifest: manifest.json.
        build: the sizes of the image, None before it was built.
        verify: the last verification of this build, None where there is none.
        energy: the last result of `energy` of this build, with the trace of its current.
        mlperf: the last result of `mlperf` of this build.
        runs: benchmarks, oldest first, of this build and of earlier ones.
        notes: results that could not be used, and why.
    """

    report: Json
    manifest: Json
    build: Json | None = None
    verify: Json | None = None
    energy: Json | None = None
    mlperf: Json | None = None
    runs: tuple[Json, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def build_id(self) -> str:
        """Of the firmware's sources."""
        return str(self.manifest["build_id"])

    @property
    def ops(self) -> list[Json]:
        """Of the compiled graph, in their order."""
        return list(self.report["model"]["ops"])

    @cached_property
    def run(self) -> Json | None:
        """The newest benchmark of this build: one on a real board before one in an emulator."""
        own = [run for run in self.runs if run["build_id"] == self.build_id]
        real = [run for run in own if run["bench"]["where"] == "port"]
        return next(reversed(real or own), None)

    @cached_property
    def metered(self) -> tuple[Json, Json | None] | None:
        """The newest energy that was measured, and its trace; None where nobody measured it."""
        found = []
        if self.run is not None and self.run["bench"].get("energy"):
            found.append((self.run["time"], self.run["bench"]["energy"], self.run.get("trace")))
        if self.energy is not None and self.energy["energy"]["measured"]:
            kept = self.energy
            found.append((kept["time"], kept["energy"]["measured"], kept["trace"]))
        if not found:
            return None
        _, energy, trace = max(found, key=lambda each: str(each[0]))
        return energy, trace

    @cached_property
    def system(self) -> Json | None:
        """What the firmware said last that it runs on; what a real board said goes first."""
        said = []
        for kept, key in ((self.run, "bench"), (self.energy, "energy"), (self.mlperf, "mlperf")):
            if kept is not None:
                said.append((kept["time"], kept[key].get("system")))
        if self.verify is not None:
            proof = self.verify["verification"]
            places = [proof[name] for name in ("port", "emulator") if name in proof]
            said += [(self.verify["time"], place.get("system")) for place in places]
        found = [(not system["emulated"], str(time), system) for time, system in said if system]
        return max(found, key=lambda each: each[:2])[2] if found else None

    @cached_property
    def entries(self) -> list[int]:
        """What the device runs one by one: the last op of each stream, and the single ops."""
        return list(dict.fromkeys(int(op["entry"]) for op in self.ops))


def read(folder: Path) -> Findings:
    """Read a project's folder.

    Raises:
        InputError: it is none, or its report.json or manifest can't be used.
    """
    manifest = output.read_manifest(folder)
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        board = report["board"], report["model"]["ops"], manifest["build_id"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder / 'report.json'} can't be used: {error!r}", "convert again with --force"
        ) from error
    assert board  # all three are there
    notes: list[str] = []
    last = {}
    for verb, key in _LAST.items():
        found = _result(folder, verb, notes, key)
        if found is not None and found.get("build_id") != manifest["build_id"]:
            notes.append(f"the last `edgekit {verb}` was of an earlier build and is not shown")
        last[verb] = _of(found, manifest)
    bench = _result(folder, "bench", notes, "runs")
    runs = tuple(bench["runs"]) if bench else ()
    return Findings(report, manifest, **last, runs=runs, notes=tuple(notes))


def own_name(name: str) -> str:
    """An op's name without those of the ops that were fused into it."""
    return name.partition(";")[0]


def result_path(folder: Path, verb: str) -> Path:
    """Where a verb's result is kept."""
    return folder / RESULTS / f"{verb}.json"


def read_result(path: Path, key: str) -> Json | None:
    """A verb's result; None where there is none.

    Raises:
        InputError: it can't be read, or `key` is missing.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    if not isinstance(found, dict) or key not in found:
        raise InputError(f"{path} is damaged: it has no {key!r}")
    return found


def _result(folder: Path, verb: str, notes: list[str], key: str) -> Json | None:
    try:
        return read_result(result_path(folder, verb), key)
    except InputError as error:
        notes.append(error.message)
        return None


def _of(found: Json | None, manifest: Json) -> Json | None:
    return found if found is not None and found.get("build_id") == manifest["build_id"] else None

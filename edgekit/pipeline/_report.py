"""What the verbs keep of their results, and report.html, which shows them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import edgekit
from edgekit import builder, output
from edgekit.errors import InputError

#: So many benchmarks are kept.
_MOST_RUNS = 50


def write_report(folder: Path) -> str:
    """Write a project's report.html anew from what its folder knows.

    A report that can't be written is no reason to lose the verb's own result.

    Returns:
        a sentence for the terminal: where it is, or why there is none.
    """
    from edgekit.report import page  # needs jinja2, which takes its time to load

    path = folder / page.NAME
    try:
        text = page.render(page.read(folder))
        output.write_new(path, text.encode(), over=page.HEAD.encode())
    except InputError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return f"note: no report: {error.message}{hint}"
    return f"report: {path}"


def keep_sizes(folder: Path, build_id: str, sizes: builder.Sizes) -> None:
    """Keep what an image takes.

    Raises:
        InputError: it can't be written.
    """
    _keep(folder, "build", {"build_id": build_id, "sizes": asdict(sizes)})


def keep_verification(folder: Path, build_id: str, found: Mapping[str, Any]) -> None:
    """Keep the result of a verification, in place of the last one.

    Raises:
        InputError: it can't be written.
    """
    _keep(folder, "verify", {"build_id": build_id, "time": _now(), "verification": found})


def keep_energy(folder: Path, build_id: str, found: Mapping[str, Any], trace: Any) -> None:
    """Keep the result of `energy`, in place of the last one.

    Args:
        folder: the project.
        build_id: of its firmware.
        found: as `--json` prints it.
        trace: what the picture of the current is drawn from, as plain data; None without.

    Raises:
        InputError: it can't be written.
    """
    value = {"build_id": build_id, "time": _now(), "energy": found, "trace": trace}
    _keep(folder, "energy", value)


def keep_mlperf(folder: Path, build_id: str, found: Mapping[str, Any]) -> None:
    """Keep the result of `mlperf`, in place of the last one.

    Raises:
        InputError: it can't be written.
    """
    _keep(folder, "mlperf", {"build_id": build_id, "time": _now(), "mlperf": found})


def keep_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Keep a benchmark beside the earlier ones.

    Args:
        folder: the project.
        run: what page.Findings has of it, without time and version.

    Raises:
        InputError: it can't be written.
    """
    from edgekit.report import page

    path = page.result_path(folder, "bench")
    try:
        found = page.read_result(path, "runs")
    except InputError:
        path.replace(path.with_suffix(".damaged"))  # somebody may still want to look at it
        found = None
    runs = [] if found is None else list(found["runs"])
    runs.append({"time": _now(), "edgekit": edgekit.__version__, **run})
    _keep(folder, "bench", {"runs": runs[-_MOST_RUNS:]})


def _keep(folder: Path, verb: str, value: Mapping[str, Any]) -> None:
    from edgekit.report import page

    text = json.dumps(value, indent=1, allow_nan=False) + "\n"
    output.write_file(page.result_path(folder, verb), text.encode())


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")

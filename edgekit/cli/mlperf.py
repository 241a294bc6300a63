"""Run MLPerf Tiny's accuracy and performance modes on a board or in its emulator.

The firmware speaks the benchmark's protocol, so the benchmark's own runner works with it as well;
this verb does the same without its hardware, data folders and settings. Convert with --name kws01,
vww01, ic01 or ad01 for a task of the benchmark: its floor decides then, and the exit code is 8
below it. In an emulator performance mode counts instructions: no latency is claimed there. A tree
of results is written, with every line of the conversation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import (
    complete_file,
    emulate_option,
    folder_argument,
    json_option,
    one_place,
    port_option,
)
from edgekit.cli._output import report, system_lines
from edgekit.cli._progress import progress
from edgekit.errors import ExitCode
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import MlperfRun


@click.command()
@folder_argument
@emulate_option
@port_option
@click.option(
    "--data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=complete_file,
    help=".npz with x and the classes y; for ad01 y is 1 for an anomaly. Needed for the accuracy.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only the first N samples; a result by the rules takes all of them.",
)
@click.option(
    "--mode",
    type=click.Choice(["accuracy", "performance"]),
    help="One of them only; both if left out.",
)
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    shell_complete=complete_file,
    help="Where the results go; DIR/mlperf if left out.",
)
@click.option("--force", is_flag=True, help="Replace the results of an earlier run.")
@json_option
def command(
    folder: Path,
    emulate: bool,
    port: str | None,
    data: Path | None,
    samples: int | None,
    mode: str | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """See the module's text."""
    from edgekit import pipeline

    one_place(emulate, port)
    with progress(as_json) as events:
        found = pipeline.mlperf(
            folder,
            out or folder / "mlperf",
            port=port or "",
            data=data,
            count=samples,
            modes=(mode,) if mode else pipeline.MODES,
            force=force,
            events=events,
        )
    page = pipeline.write_report(folder)
    report(
        found.to_json(),
        _table(found),
        *system_lines(found.system),
        *(f"note: {text}" for text in found.notes),
        f"written: {found.out}",
        page,
        as_json=as_json,
        next_verb=f"edgekit bench {folder} {f'--port {port}' if port else '--emulate'}",
    )
    below = found.accuracy is not None and found.accuracy.passes is False
    return ExitCode.REGRESSION if below else ExitCode.OK


def _table(found: MlperfRun) -> TextTable:
    rows: list[tuple[Cell, ...]] = [
        ("device", found.dut),
        ("model", found.model),
        ("where", found.where),
    ]
    a, p = found.accuracy, found.performance
    if a is not None:
        rows.append(("accuracy: samples", a.samples))
        if a.top_1 is not None:
            rows.append(("accuracy: top-1", f"{100 * a.top_1:.1f} %"))
        if a.auc is not None:
            rows.append(("accuracy: AUC", f"{a.auc:.3f}"))
        if a.floor is not None:
            verdict = "reached" if a.passes else "not reached"
            rows.append(("accuracy: closed division's floor", f"{a.floor:g}, {verdict}"))
    if p is not None:
        rows.append(("performance: loops of inferences", f"{p.loops} x {p.inferences}"))
        if p.median_hz is not None:
            rows.append(("performance: inferences a second, median", f"{p.median_hz:.3f}"))
        if p.instructions is not None:
            rows.append(("performance: instructions an inference", p.instructions))
    return TextTable((Column("MLPerf Tiny"), Column("", numeric=True)), tuple(rows))

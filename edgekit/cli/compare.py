"""Compare variants of a network side by side: accuracy, sizes, and what they cost on their board.

Each DIR is a project of `edgekit convert` or `edgekit optimize`. It is built, and counted in its
board's emulator; latencies are estimates from that count. With --data every variant's accuracy is
measured on the same samples, each with its 95 % interval (Wilson): intervals that overlap mean that
the difference may be luck. Without, what the projects recorded is shown.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import complete_file, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import Compared
    from edgekit.report.pareto import Point

# What the plot's axis can be: field of Compared, label.
_AXES = {
    "latency": ("latency_us", "estimated latency, µs"),
    "flash": ("flash_bytes", "linked flash, bytes"),
    "ram": ("ram_bytes", "RAM, bytes"),
    "macs": ("macs", "MACs"),
}


@click.command()
@click.argument(
    "folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--data", metavar="DATA", shell_complete=complete_file, help="Labelled samples, for all."
)
@click.option(
    "--csv", "csv_file", metavar="FILE", type=click.Path(path_type=Path), help="Write it."
)
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw accuracy against --against, with the Pareto front: .png or .svg.",
)
@click.option(
    "--against",
    type=click.Choice(list(_AXES)),
    default="latency",
    show_default=True,
    help="The plot's cost.",
)
@click.option("--force", is_flag=True, help="Replace the files of --csv and --plot.")
@json_option
def command(
    folders: tuple[Path, ...],
    data: str | None,
    csv_file: Path | None,
    plot: Path | None,
    against: str,
    force: bool,
    as_json: bool,
) -> None:
    """See the module's text."""
    from edgekit import output, pipeline
    from edgekit.errors import InputError
    from edgekit.report import pareto

    kind = "" if plot is None else plot.suffix.lstrip(".").lower()
    if plot is not None and kind not in pareto.FORMATS:
        raise InputError(f"{plot} is neither .png nor .svg", "name it so")
    for path in (csv_file, plot):
        if path is not None and path.exists() and not force:
            raise InputError(f"{path} exists", "choose another file, or give --force")
    with progress(as_json) as events:
        found = pipeline.compare(folders, data, events)
    written = []
    if csv_file is not None:
        output.write_file(csv_file, _csv(found).encode())
        written.append(csv_file)
    if plot is not None:
        field, label = _AXES[against]
        output.write_file(plot, pareto.plot(_points(found, field), label, kind))
        written.append(plot)
    notes = [f"{each.name}: {each.note}" for each in found if each.note]
    shown: list[str | TextTable] = [
        _table(found),
        "latency: estimated cycles (or instructions) at the rated clock, without wait states",
        *notes,
        *(f"written: {path}" for path in written),
    ]
    if len({each.accuracy_data for each in found}) > 1:
        shown.insert(1, "warning: the accuracies are of different samples: add --data DATA")
    report(found, *shown, as_json=as_json)


def _points(found: tuple[Compared, ...], field: str) -> list[Point]:
    from edgekit.report.pareto import Point

    return [
        Point(each.name, cost, each.accuracy, each.accuracy_low, each.accuracy_high)
        for each in found
        if (cost := getattr(each, field)) is not None
        and each.accuracy is not None
        and each.accuracy_low is not None
        and each.accuracy_high is not None
    ]


def _csv(found: tuple[Compared, ...]) -> str:
    text = io.StringIO()
    names = [field.name for field in fields(found[0])]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(each) for each in found)
    return text.getvalue()


def _table(found: tuple[Compared, ...]) -> TextTable:
    columns = (
        Column("variant", elastic=True),
        Column("accuracy %", numeric=True),
        Column("95 %"),
        Column("parameters", numeric=True),
        Column("MACs", numeric=True),
        Column(".tflite B", numeric=True),
        Column("gzip B", numeric=True),
        Column("flash B", numeric=True),
        Column("arena B", numeric=True),
        Column("instructions", numeric=True),
        Column("latency ms", numeric=True),
        Column("train s", numeric=True),
        Column("train Wh", numeric=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name,
            None if each.accuracy is None else f"{100 * each.accuracy:.2f}",
            None
            if each.accuracy_low is None or each.accuracy_high is None
            else f"{100 * each.accuracy_low:.1f} to {100 * each.accuracy_high:.1f}",
            each.parameters,
            each.macs,
            each.tflite_bytes,
            each.gzip_bytes,
            each.flash_bytes,
            each.arena_bytes,
            each.instructions,
            None if each.latency_us is None else f"{each.latency_us / 1e3:,.2f}",
            None if each.training_s is None else f"{each.training_s:.0f}",
            None if each.training_wh is None else f"{each.training_wh:.3g}",
        )
        for each in found
    ]
    return TextTable(columns, tuple(rows))

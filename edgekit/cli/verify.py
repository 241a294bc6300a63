"""Prove that the firmware computes what TFLite Micro computes, layer by layer, to the last bit.

DIR is a folder that `edgekit convert` made. Every operator's output is compared, on this computer
and on the emulated board. The exit code is 1 when a value differs; the first one is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import complete_file, folder_argument, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.errors import ExitCode
from edgekit.report import Column, TextTable

if TYPE_CHECKING:
    from edgekit.harness.verify import Mismatch
    from edgekit.pipeline import Verification


@click.command()
@folder_argument
@click.option(
    "--on",
    "place",
    type=click.Choice(["host", "emulator"]),
    help="This computer or the board's emulator; both if left out.",
)
@click.option(
    "--data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=complete_file,
    help="Inputs: .npz with x (and y, for the accuracy) or .npy; random and edge inputs without.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many inputs: all of --data, or 8 random ones, if left out.",
)
@json_option
def command(
    folder: Path, place: str | None, data: Path | None, samples: int | None, as_json: bool
) -> int:
    """See the module's text."""
    from edgekit import pipeline

    places = (place,) if place else pipeline.PLACES
    with progress(as_json) as events:
        found = pipeline.verify(folder, places, data, samples, events)
    firsts = [result.first for result in found.places.values() if result.first is not None]
    report(
        found.to_json(),
        _table(found),
        *(f"note: {text}" for text in found.notes),
        f"oracles: {', '.join(found.oracles)}",
        *map(_sentence, firsts),
        as_json=as_json,
        next_verb="" if found.mismatches else f"edgekit bench {folder} --emulate",
    )
    return ExitCode.MISMATCH if found.mismatches else ExitCode.OK


def _table(found: Verification) -> TextTable:
    columns = (
        Column("place"),
        Column("samples", numeric=True),
        Column("tensors", numeric=True),
        Column("mismatches", numeric=True),
        Column("right"),
        *(Column(name, numeric=True) for name in ("acc", "rmse", "mae", "l2r", "cos")),
    )
    rows = tuple(
        (
            place,
            r.samples,
            r.tensors,
            r.mismatches,
            None if r.accuracy is None else f"{100.0 * r.accuracy:.2f} %",
            *(r.metrics.acc, r.metrics.rmse, r.metrics.mae, r.metrics.l2r, r.metrics.cos),
        )
        for place, r in found.places.items()
    )
    return TextTable(columns, rows)


def _sentence(m: Mismatch) -> str:
    return (
        f"first mismatch on the {m.place}: sample {m.sample}, op {m.op_index} {m.op} {m.name!r}, "
        f"tensor {m.tensor!r} at {list(m.index)}: expected {m.expected:g}, got {m.got:g}; "
        f"{m.wrong_elements:,} of {m.elements:,} elements differ"
    )

"""Give the layers of an int8 .tflite 2 to 16 values each, so that flash holds codes of few bits.

MODEL is an int8 .tflite; what is written is one, too, of the same size, and exact everywhere. Flash
is saved by `edgekit convert --optimize size`, or wherever the board's flash does not suffice: the
weights are decoded before each layer runs, which takes RAM and time. `edgekit inspect --choices`
tells layer by layer.

With labelled samples (--data) one half of them decides how few values each layer can do with, the
other half has the last word. Without samples the weights' own errors decide.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import complete_file, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import ClusteredModel


@click.command()
@click.argument("model", type=click.Path(path_type=Path), shell_complete=complete_file)
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The .tflite to be written.",
)
@click.option(
    "--data",
    metavar="DATA",
    shell_complete=complete_file,
    help="Typical inputs: .npz with x and y, .csv, a folder, or a built-in set.",
)
@click.option(
    "--bits",
    type=click.IntRange(1, 4),
    default=2,
    show_default=True,
    help="Of a code, at least: a layer has at most 2, 4, 8 or 16 values.",
)
@click.option(
    "--max-drop",
    metavar="POINTS",
    default="1pt",
    show_default=True,
    help="Accuracy that may be lost, where --data has classes.",
)
@click.option(
    "--min-snr",
    type=float,
    default=18.0,
    show_default=True,
    metavar="DB",
    help="Signal to noise of a layer, at least, where accuracy isn't measured.",
)
@click.option(
    "--keep-ends",
    is_flag=True,
    help="Leave the first and the last layer as they are; else 16 values.",
)
@click.option("--force", is_flag=True, help="Replace a .tflite that is at --out.")
@json_option
def command(
    model: Path,
    out: Path,
    data: str | None,
    bits: int,
    max_drop: str,
    min_snr: float,
    keep_ends: bool,
    force: bool,
    as_json: bool,
) -> None:
    """See the module's text."""
    from edgekit import pipeline
    from edgekit.compress.clustering import ClusterOptions
    from edgekit.optimize import parse_points

    options = ClusterOptions(bits, parse_points(max_drop), min_snr, ends=not keep_ends)
    with progress(as_json) as events:
        request = pipeline.ClusterRequest(model, options, out, data, force)
        found = pipeline.cluster(request, events)
    shown: list[str | TextTable] = [_table(found)]
    if found.test_before is not None and found.test_after is not None:
        shown.append(
            f"{found.test_samples:,} samples that nothing was chosen by: "
            f"{100 * found.test_after:.2f} % right, before {100 * found.test_before:.2f} %"
        )
    shown.append(f"written: {found.out}")
    report(
        found,
        *shown,
        as_json=as_json,
        next_verb=f"edgekit convert {found.out} --board BOARD --optimize size --out DIR",
    )


def _table(found: ClusteredModel) -> TextTable:
    columns = (
        Column("op", numeric=True),
        Column("kind"),
        Column("layer", elastic=True),
        Column("weights", numeric=True),
        Column("values", numeric=True),
        Column("bits", numeric=True),
        Column("SNR dB", numeric=True),
        Column("max error", numeric=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.index,
            each.op,
            each.name.partition(";")[0],
            each.weights,
            each.values,
            each.bits,
            f"{each.snr_db:.1f}" if each.bits < 8 else None,
            each.max_error,
        )
        for each in found.layers
    ]
    return TextTable(columns, tuple(rows))

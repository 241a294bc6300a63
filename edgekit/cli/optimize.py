"""Make a network meet a board's limits with the least done to it, or say which can't be met.

MODEL is a trained .keras or .h5, or zoo:NAME?OPTIONS, which is trained first if it has no weights.
The steps are tried in order, each only where the ones before did not suffice: int8, training with
its rounding (QAT), 4-bit weights where only flash lacks, leaving out channels a few at a time. The
latency is an estimate, and the report says of what. A limit that can't be met ends with the exit
code 5, after telling by how much and what gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import complete_board, complete_file, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.errors import ExitCode
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.optimize import Optimized


@click.command()
@click.argument("model", shell_complete=complete_file)
@click.option(
    "--board",
    metavar="BOARD",
    required=True,
    shell_complete=complete_board,
    help="One of `edgekit boards`, or a board.toml.",
)
@click.option(
    "--data",
    metavar="DATA",
    required=True,
    shell_complete=complete_file,
    help="Labelled samples: .npz with x and y, .csv, a folder, or a built-in set.",
)
@click.option("--max-latency", metavar="TIME", help="Of one inference, estimated, e.g. 100ms.")
@click.option("--max-ram", metavar="SIZE", help="All of the firmware's RAM, e.g. 64k.")
@click.option("--max-flash", metavar="SIZE", help="The whole firmware, e.g. 256k.")
@click.option(
    "--max-drop",
    metavar="POINTS",
    default="1pt",
    show_default=True,
    help="Accuracy that may be lost against the float network.",
)
@click.option("--test", metavar="DATA", help="Other samples, for the last word.")
@click.option(
    "--validation", type=float, default=0.2, show_default=True, help="Share to decide by."
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="N",
    help="Of training after each step.",
)
@click.option(
    "--train-epochs",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    metavar="N",
    help="Of a network that has no weights yet.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    metavar="N",
    help="Samples a step.",
)
@click.option(
    "--learning-rate",
    type=float,
    default=1e-3,
    show_default=True,
    metavar="R",
    help="The highest of each training.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Of everything random.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Firmware project to be made, with model.keras in it.",
)
@click.option("--force", is_flag=True, help="Make it again in a DIR that edgekit made.")
@json_option
def command(
    as_json: bool,
    max_latency: str | None,
    max_ram: str | None,
    max_flash: str | None,
    max_drop: str,
    **options: Any,
) -> ExitCode:
    """See the module's text."""
    from edgekit import optimize

    limits = optimize.Limits(
        None if max_latency is None else optimize.parse_time(max_latency),
        None if max_ram is None else optimize.parse_bytes(max_ram),
        None if max_flash is None else optimize.parse_bytes(max_flash),
        optimize.parse_points(max_drop),
    )
    with progress(as_json) as events:
        found = optimize.optimize(optimize.OptimizeOptions(**options, limits=limits), events)
    shown: list[str | TextTable] = [_table(found), f"latency: {found.basis}"]
    shown += [f"note: {text}" for text in found.notes]
    if found.test is not None:
        shown.append(
            f"{found.test['samples']:,} test samples: int8 {100 * found.test['accuracy']:.2f} %, "
            f"float {100 * found.test['float_accuracy']:.2f} %"
        )
    shown.append("all limits are met" if found.met else "\n".join(found.explanation))
    if found.out is not None:
        shown.append(f"written: {found.out}")
    next_verb = f"edgekit verify {found.out}" if found.out is not None else ""
    report(found, *shown, as_json=as_json, next_verb=next_verb)
    return ExitCode.OK if found.met else ExitCode.DOES_NOT_FIT


def _table(found: Optimized) -> TextTable:
    columns = (
        Column("variant", elastic=True),
        Column("accuracy %", numeric=True),
        Column("MACs", numeric=True),
        Column("latency ms (estimate)", numeric=True),
        Column("RAM B", numeric=True),
        Column("flash B", numeric=True),
        Column("limits"),
    )
    rows: list[tuple[Cell, ...]] = [
        ("float32, as it was", f"{100 * found.reference:.2f}", None, None, None, None, "")
    ]
    rows += [
        (
            each.name,
            f"{100 * each.accuracy:.2f}",
            each.figures.macs,
            f"{each.figures.latency_us / 1e3:,.2f}",
            each.figures.ram_bytes,
            each.figures.flash_bytes,
            "met" if not each.misses else "misses " + ", ".join(each.misses),
        )
        for each in found.tried
    ]
    return TextTable(columns, tuple(rows))

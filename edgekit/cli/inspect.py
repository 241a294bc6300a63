"""Tell what a .tflite is and needs, and which boards it fits, in a second and without TensorFlow.

MODEL is a .tflite that is int8 throughout. RAM is arena, the copy of the input that the console
keeps, its static data and the stack, with the portable kernels; flash is an estimate. Where faster
kernels take more of either, `edgekit convert` tells, and `edgekit build` measures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import complete_board, complete_file, json_option
from edgekit.cli._output import plain, report
from edgekit.report import Column, TextTable

if TYPE_CHECKING:
    from edgekit.report.summary import Fit, Summary, TensorRow


@click.command()
@click.argument("model", type=click.Path(path_type=Path), shell_complete=complete_file)
@click.option(
    "--board",
    metavar="BOARD",
    shell_complete=complete_board,
    help="One board of `edgekit boards` or a board.toml; all of them if left out.",
)
@json_option
def command(model: Path, board: str | None, as_json: bool) -> None:
    """See the module's text."""
    # Not the pipeline: it imports all that builds and measures, and this verb is quick.
    from edgekit.report.inspection import inspect

    found = inspect(model, board)
    fitting = [fit.board for fit in found.fits if fit.fits]
    best = fitting[0] if fitting else "BOARD"
    report(
        _json(model, found.summary, found.fits),
        _ops(found.summary),
        _totals(found.summary),
        fits_table(found.fits),
        as_json=as_json,
        next_verb=f"edgekit convert {model} --board {best} --out DIR",
    )


def _json(model: Path, summary: Summary, fits: tuple[Fit, ...]) -> dict[str, Any]:
    boards = [{**plain(fit), "fits": fit.fits} for fit in fits]
    return {"model": str(model), **summary.to_json(), "boards": boards}


def _ops(summary: Summary) -> TextTable:
    columns = (
        Column("op", numeric=True),
        Column("kind"),
        Column("name", elastic=True),
        Column("in"),
        Column("out"),
        Column("MACs", numeric=True),
        Column("weights B", numeric=True),
        Column("alive B", numeric=True),
    )
    rows = tuple(
        (
            row.index,
            row.op,
            row.name.partition(";")[0],  # the converter joins the names of what it fused
            ", ".join(map(_shape, row.input_shapes)),
            _shape(row.output.shape),
            row.macs or None,
            row.constant_bytes or None,
            row.live_bytes,
        )
        for row in summary.ops
    )
    return TextTable(columns, rows)


def _totals(summary: Summary) -> str:
    lines = [f"input   {_tensor(row)}" for row in summary.inputs]
    lines += [f"output  {_tensor(row)}" for row in summary.outputs]
    lines.append(
        f"MACs {summary.macs:,} (executed {summary.executed_macs:,})   "
        f"weights {summary.constant_bytes:,} B   "
        f"arena {summary.arena_bytes:,} B (no plan can need less than "
        f"{summary.arena_bound_bytes:,})"
    )
    return "\n".join(lines)


def fits_table(fits: tuple[Fit, ...]) -> TextTable:
    """Need and room, board by board."""
    columns = (
        Column("board"),
        Column("fits"),
        Column("RAM needed B", numeric=True),
        Column("RAM B", numeric=True),
        Column("flash estimate B", numeric=True),
        Column("flash B", numeric=True),
    )
    rows = tuple(
        (
            fit.board,
            fit.fits,
            fit.ram_needed_bytes,
            fit.ram_bytes,
            fit.flash_estimate_bytes,
            fit.flash_bytes,
        )
        for fit in fits
    )
    return TextTable(columns, rows)


def _tensor(row: TensorRow) -> str:
    scale = "" if row.scale is None else f", scale {row.scale:.6g}, zero point {row.zero_point}"
    return f"{row.dtype} {_shape(row.shape)}{scale}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"

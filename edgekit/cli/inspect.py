"""Tell what a .tflite is and needs, and which boards it fits, in a second and without TensorFlow.

MODEL is a .tflite that is int8 or int16x8 throughout. RAM is arena, the copy of the input that the
console keeps, its static data and the stack, with the portable kernels; flash is an estimate. Where
faster kernels take more of either, `edgekit convert` tells, and `edgekit build` measures.

With --choices it tells instead which kernel `edgekit convert` takes for each layer on that board,
which others there are, what they are modelled to cost, and why they are not taken; and of tensors
that need not lie as NHWC, how they lie and why.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import complete_board, complete_file, json_option
from edgekit.cli._output import plain, report
from edgekit.report import Column, TextTable

if TYPE_CHECKING:
    from edgekit.report.choices import Choices
    from edgekit.report.summary import Fit, Summary, TensorRow


@click.command()
@click.argument("model", type=click.Path(path_type=Path), shell_complete=complete_file)
@click.option(
    "--board",
    metavar="BOARD",
    shell_complete=complete_board,
    help="One board of `edgekit boards` or a board.toml; all of them if left out.",
)
@click.option("--choices", is_flag=True, help="The kernels of each layer; needs --board.")
@click.option(
    "--optimize",
    type=click.Choice(["size", "balanced", "speed"]),
    default="balanced",
    show_default=True,
    help="What --choices are made for.",
)
@json_option
def command(model: Path, board: str | None, choices: bool, optimize: str, as_json: bool) -> None:
    """See the module's text."""
    if choices:
        _show_choices(model, board, optimize, as_json)
        return
    # Not the pipeline: it imports all that builds and measures, and this verb is quick.
    from edgekit.report.inspection import inspect

    found = inspect(model, board)
    report(
        _json(model, found.summary, found.fits),
        _ops(found.summary),
        _totals(found.summary),
        fits_table(found.fits),
        as_json=as_json,
        next_verb=f"edgekit convert {model} --board {found.suggested or 'BOARD'} --out DIR",
    )


def _show_choices(model: Path, board: str | None, optimize: str, as_json: bool) -> None:
    from edgekit.kernels import Goal
    from edgekit.report.inspection import inspect_choices

    if board is None:
        raise click.UsageError("--choices needs --board: kernels are chosen for a core")
    found = inspect_choices(model, board, Goal(optimize))
    lines = [f"goal {found.goal}: {found.aim}; all figures are modelled"]
    if found.short:
        lack = " and ".join(found.short)
        lines.append(f"cheaper kernels were taken: {board} has too little {lack}")
    report(
        found,
        _choices(found),
        *lines,
        *([_layouts(found)] if found.layouts else []),
        as_json=as_json,
        next_verb=f"edgekit convert {model} --board {board} --optimize {optimize} --out DIR",
    )


def _choices(found: Choices) -> TextTable:
    columns = (
        Column("op", numeric=True),
        Column("kernel"),
        Column("taken"),
        Column("instructions", numeric=True),
        Column("code B", numeric=True),
        Column("constants B", numeric=True),
        Column("scratch B", numeric=True),
        Column("why", elastic=True),
    )
    rows = tuple(
        (
            layer.index,
            option.variant,
            option.taken,
            option.instructions,
            option.code_bytes,
            option.constant_bytes,
            option.scratch_bytes,
            option.why,
        )
        for layer in found.layers
        for option in layer.options
    )
    return TextTable(columns, rows)


def _layouts(found: Choices) -> TextTable:
    columns = (
        Column("written by op", numeric=True),
        Column("read by"),
        Column("tensor"),
        Column("layout", elastic=True),
        Column("saves", numeric=True),
        Column("why", elastic=True),
    )
    rows = tuple(
        (
            row.op,
            ", ".join(map(str, row.readers)),
            row.tensor,
            row.layout,
            row.saved_instructions,
            row.why,
        )
        for row in found.layouts
    )
    return TextTable(columns, rows, "Tensors that could lie otherwise than as NHWC")


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
        Column("arena in"),
        Column("flash estimate B", numeric=True),
        Column("flash B", numeric=True),
    )
    rows = tuple(
        (
            fit.board,
            fit.fits,
            fit.ram_needed_bytes,
            fit.ram_bytes,
            fit.arena_memory or None,
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

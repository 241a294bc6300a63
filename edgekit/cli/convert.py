"""Turn a model into firmware for a board.

SOURCE is a .tflite that is int8 or int16x8 throughout, or, with --calibration, a float model:
.keras, .h5, a SavedModel's folder, a folder of `edgekit train`, or zoo:NAME?OPTIONS (see
`edgekit models`). The folder of --out is written whole or not at all; converting again (--force)
never overwrites a file that you changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import (
    complete_board,
    complete_file,
    complete_framework,
    json_option,
    quantize_options,
)
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import ConvertResult
    from edgekit.report.summary import Summary


@click.command()
@click.argument("source", shell_complete=complete_file)
@click.option(
    "--board",
    required=True,
    metavar="BOARD",
    shell_complete=complete_board,
    help="A board of `edgekit boards`, or the path of a board.toml.",
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder to be made.",
)
@click.option("--name", default="", metavar="NAME", help="Prefix of the C symbols.")
@quantize_options
@click.option(
    "--evaluate",
    metavar="DATA",
    shell_complete=complete_file,
    help="Labelled data: prints the accuracy of the float and the quantized model.",
)
@click.option(
    "--labels",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The classes' names, one a line; they become part of the C header.",
)
@click.option(
    "--contract",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="How raw data become the input (docs/input-contract.md), where a model has no own record.",
)
@click.option(
    "--c-array",
    type=click.Choice(["edgekit", "tinymlgen"]),
    default="edgekit",
    show_default=True,
    help="Style of the C array of the .tflite, for sketches that expect one.",
)
@click.option(
    "--optimize",
    type=click.Choice(["size", "balanced", "speed"]),
    default="balanced",
    show_default=True,
    help="What the kernels are chosen for.",
)
@click.option(
    "--keep-input",
    is_flag=True,
    help="An inference leaves the input as it is; without this, later layers overwrite it.",
)
@click.option(
    "--framework",
    metavar="NAME",
    shell_complete=complete_framework,
    help="Also as a library of an ecosystem, e.g. arduino or zephyr (docs/frameworks.md).",
)
@click.option("--force", is_flag=True, help="Convert again into a DIR that convert made.")
@json_option
def command(as_json: bool, optimize: str, **options: Any) -> None:
    """See the module's text."""
    from edgekit import pipeline
    from edgekit.kernels import Goal
    from edgekit.packaging import ConvertOptions

    with progress(as_json) as events:
        result = pipeline.convert(ConvertOptions(**options, optimize=Goal(optimize)), events)
    package, written = result.package, result.written
    page = pipeline.write_report(written.folder)
    data = {
        "out": written.folder,
        "model": package.summary.name,
        "board": package.fit.board,
        "macs": package.summary.macs,
        "weights_bytes": package.summary.constant_bytes,
        "arena_bytes": package.summary.arena_bytes,
        "live_range_bound_bytes": package.summary.live_range_bound_bytes,
        "arena_to_live_range_bound": package.summary.arena_to_live_range_bound,
        "keep_input": package.summary.keep_input,
        "fit": package.fit,
        "accuracy": package.accuracy,
        "warnings": package.warnings,
        "notes": package.notes,
        "kept": written.kept,
        "beside": written.beside,
    }
    shown = [f"warning: {text}" for text in package.warnings]
    shown += [f"note: {text}" for text in package.notes]
    shown += [f"kept as you changed it: {path}" for path in written.kept]
    shown += [f"the new version is in {path}.new" for path in written.beside]
    report(
        data,
        *shown,
        _table(result),
        f"written: {written.folder}",
        page,
        as_json=as_json,
        next_verb=f"edgekit build {written.folder}",
    )


def _table(result: ConvertResult) -> TextTable:
    summary, fit = result.package.summary, result.package.fit
    rows: list[tuple[Cell, ...]] = [
        ("model", summary.name),
        ("board", fit.board),
        ("ops", len(summary.ops)),
        ("MACs", summary.macs),
        ("weights, bytes", summary.constant_bytes),
        ("arena, bytes", summary.arena_bytes),
        ("  of what its live ranges take", _percent(summary.arena_to_live_range_bound)),
        ("RAM in all, bytes", f"{fit.ram_needed_bytes:,} of {fit.ram_bytes:,}"),
        *(
            [("  arena in; stack and variables in", f"{fit.arena_memory}; {fit.stack_memory}")]
            if fit.arena_memory != fit.stack_memory
            else []
        ),
        ("flash estimate, bytes", f"{fit.flash_estimate_bytes:,} of {fit.flash_bytes:,}"),
    ]
    accuracy = result.package.accuracy
    if accuracy is not None:
        rows.append(("evaluated, samples", accuracy.samples))
        rows.append(("accuracy, float", _percent(accuracy.float_accuracy)))
        values = _values(summary)
        rows.append((f"accuracy, {values}", _percent(accuracy.int8_accuracy)))
        rows.append((f"same class, float and {values}", _percent(accuracy.agreement)))
    return TextTable((Column("converted"), Column("", numeric=True)), tuple(rows))


def _values(summary: Summary) -> str:
    """The type that the model computes in: int8, or int16 where an end of it is."""
    ends = (*summary.inputs, *summary.outputs)
    return "int16" if any(each.dtype == "int16" for each in ends) else "int8"


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100.0 * share:.2f} %"

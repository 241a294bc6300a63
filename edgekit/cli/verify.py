"""Prove that the firmware computes what TFLite Micro computes, layer by layer, to the last bit.

DIR is a folder that `edgekit convert` made. Every operator's output is compared, on this computer
and on the emulated board, or on a real one (--port). The device sends checksums; only the first
tensor that differs is fetched, and named with what its differences point to. The exit code is 1
then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import (
    complete_file,
    folder_argument,
    json_option,
    junit_option,
    port_option,
)
from edgekit.cli._output import report, system_lines
from edgekit.cli._progress import progress
from edgekit.errors import ExitCode
from edgekit.report import Column, TextTable
from edgekit.report.junit import Case
from edgekit.report.junit import write as write_junit

if TYPE_CHECKING:
    from edgekit.harness.verify import Mismatch
    from edgekit.pipeline import Verification


@click.command()
@folder_argument
@click.option(
    "--on",
    "place",
    type=click.Choice(["host", "emulator", "port"]),
    help="This computer, the board's emulator, or a real board; the first two if left out.",
)
@port_option
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
@junit_option
@json_option
def command(
    folder: Path,
    place: str | None,
    port: str | None,
    data: Path | None,
    samples: int | None,
    junit: Path | None,
    as_json: bool,
) -> int:
    """See the module's text."""
    from edgekit import pipeline

    if place is None and port is not None:
        place = "port"
    if (place == "port") != (port is not None):
        raise click.UsageError("--on port and --port PORT belong together")
    places = (place,) if place else pipeline.PLACES
    with progress(as_json) as events:
        found = pipeline.verify(folder, places, data, samples, events, port or "")
    page = pipeline.write_report(folder)
    if junit is not None:
        write_junit(junit, f"edgekit verify {folder}", _cases(found))
    firsts = [result.first for result in found.places.values() if result.first is not None]
    report(
        found.to_json(),
        _table(found),
        *(line for system in found.systems.values() for line in system_lines(system)),
        *(f"note: {text}" for text in found.notes),
        f"oracles: {', '.join(found.oracles)}",
        *map(_sentence, firsts),
        page,
        as_json=as_json,
        next_verb=""
        if found.mismatches
        else f"edgekit bench {folder} {f'--port {port}' if port else '--emulate'}",
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
        f"{m.wrong_elements:,} of {m.elements:,} elements differ; the op's inputs are right, and "
        f"{m.cause}"
    )


def _cases(found: Verification) -> list[Case]:
    return [
        Case(
            place,
            f"{result.tensors} operator outputs, {result.samples} inputs",
            _sentence(result.first) if result.first is not None else "",
        )
        for place, result in found.places.items()
    ]

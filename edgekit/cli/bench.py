"""Measure what one inference costs: per layer, in the emulator or on a real board.

The emulator (--emulate) counts instructions, which are never called latency; for some cores it adds
an estimate of cycles. A real board (--port) is timed: median, p90, p99 and spread, the warm-up
apart. An output that is wrong gives no figures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import (
    emulate_option,
    folder_argument,
    json_option,
    one_place,
    port_option,
)
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import Benchmark


@click.command()
@folder_argument
@emulate_option
@port_option
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Measured inferences; the ones that warm up come before them.",
)
@json_option
def command(folder: Path, emulate: bool, port: str | None, runs: int, as_json: bool) -> None:
    """See the module's text."""
    from edgekit import pipeline

    one_place(emulate, port)
    with progress(as_json) as events:
        events.stage("measuring")
        found = pipeline.bench(folder, port=port or "", runs=runs)
    where = f"--port {port}" if port else "--emulate"
    report(
        found.to_json(),
        _layers(found),
        _totals(found),
        as_json=as_json,
        next_verb=f"edgekit run {folder} {where}",
    )


def _layers(found: Benchmark) -> TextTable:
    emulated = found.measured.where == "emulator"
    columns = (
        Column("op", numeric=True),
        Column("kind"),
        Column("name", elastic=True),
        Column("MACs", numeric=True),
        Column("instructions" if emulated else "latency µs", numeric=True),
        Column("per MAC", numeric=True),
        Column("code B", numeric=True),
        Column("weights B", numeric=True),
    )
    sizes = {op.index: op for op in found.sizes.ops}
    rows = []
    for row, op in zip(found.summary.ops, found.measured.ops, strict=True):
        cost = op.instructions if emulated else op.latency_us
        size = sizes.get(row.index)
        rows.append(
            (
                row.index,
                row.op,
                row.name.partition(";")[0],  # the converter joins the names of what it fused
                row.macs or None,
                cost,
                None if cost is None or not row.macs else cost / row.macs,
                size.code_bytes if size else None,
                size.weights_bytes if size else None,
            )
        )
    return TextTable(columns, tuple(rows))


def _totals(found: Benchmark) -> TextTable:
    measured, sizes, latency = found.measured, found.sizes, found.measured.latency_us
    rows: list[tuple[Cell, ...]] = [("board", measured.board), ("where", measured.where)]
    if measured.instructions is not None:
        rows.append(("instructions per inference", measured.instructions))
    rows += [(f"cycles, estimate by the {c.title} model", c.cycles) for c in found.cycles]
    if found.cycles_note:
        rows.append(("cycles, estimate", f"none: {found.cycles_note}"))
    if latency is not None:
        rows.append(("runs", latency.count))
        rows.append(("latency µs, median", latency.median))
        rows.append(("latency µs, p90", latency.p90))
        rows.append(("latency µs, p99", latency.p99))
        rows.append(("latency µs, spread", latency.spread))
        rows.append(("warm-up µs", ", ".join(f"{value:,.0f}" for value in measured.warm_up_us)))
    rows += [
        ("MACs", found.summary.macs),
        ("  executed", found.summary.executed_macs),
        ("arena, bytes", measured.arena_bytes),
        ("stack, bytes (high-water mark)", measured.stack_bytes),
        ("flash, bytes", sizes.flash_bytes),
        ("  weights", sizes.weights_bytes),
        ("  code", sizes.code_bytes),
        ("RAM in all, bytes", sizes.ram_bytes),
        ("SHA-256 of the output", f"{measured.output_sha256[:16]}..."),
    ]
    return TextTable((Column("one inference"), Column("", numeric=True)), tuple(rows))

"""The tables of `bench`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import Benchmark


def layers(found: Benchmark) -> TextTable:
    """Op by op."""
    emulated = found.measured.where == "emulator"
    columns = (
        Column("op", numeric=True),
        Column("kind"),
        Column("name", elastic=True),
        Column("MACs", numeric=True),
        Column("instructions" if emulated else "latency µs", numeric=True),
        Column("per MAC", numeric=True),
        Column("MACs/cycle, est." if emulated else "MACs/cycle", numeric=True),
        Column("code B", numeric=True),
        Column("weights B", numeric=True),
    )
    sizes = {op.index: op for op in found.sizes.ops}
    rows = []
    for i, (row, op) in enumerate(zip(found.summary.layers, found.measured.ops, strict=True)):
        rate = found.macs_per_cycle(i)
        cost = op.instructions if emulated else op.latency_us
        together = [r.index for r in found.summary.ops if r.entry == row.entry]
        own = [sizes[index] for index in together if index in sizes]
        rows.append(
            (
                row.index,
                row.op,
                row.name.partition(";")[0],  # the converter joins the names of what it fused
                row.macs or None,
                cost,
                None if cost is None or not row.macs else cost / row.macs,
                None if rate is None else f"{rate:.3f}",
                sum(size.code_bytes for size in own) if own else None,
                sum(size.weights_bytes for size in own) if own else None,
            )
        )
    return TextTable(columns, tuple(rows))


def totals(found: Benchmark) -> TextTable:
    """Of the whole inference."""
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
        rows.append(("latency µs, drift", latency.drift))
        rows.append(("warm-up µs", ", ".join(f"{value:,.0f}" for value in measured.warm_up_us)))
    if measured.stable is not None:
        rows.append(("medians of three batches agree", "yes" if measured.stable else "no"))
    if measured.clock is not None:
        clock = measured.clock
        rows.append(("board's clock to this computer's", f"{clock.ratio:.4f} ± {clock.error:.4f}"))
    if measured.resets:
        rows.append(("resets of the board, done again", measured.resets))
    rows += [
        ("ops one by one, more than together", f"{100 * measured.profile_overhead:+.2f} %"),
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


def side_by_side(found: Mapping[str, Benchmark]) -> TextTable:
    """Several boards with the same firmware, a column each."""
    tables = [totals(one).rows for one in found.values()]
    names = [row[0] for row in max(tables, key=len)]
    by_name = [{row[0]: row[1] for row in rows} for rows in tables]
    columns = (Column("one inference"), *(Column(port, numeric=True) for port in found))
    return TextTable(columns, tuple((name, *(t.get(name) for t in by_name)) for name in names))

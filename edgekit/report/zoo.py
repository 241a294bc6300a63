"""The zoo's list: what each network costs and where it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgekit.models import Figures
from edgekit.report._table import Column, TextTable
from edgekit.targets import CONSOLE, Target


@dataclass(frozen=True, slots=True)
class Entry:
    """An architecture with its default parameters.

    Attributes:
        source: its URL.
        summary: what it is.
        figures: what it costs; None where it was not measured.
        boards: where it fits, by estimate.
    """

    source: str
    summary: str
    figures: Figures | None
    boards: tuple[str, ...]


def entries(
    summaries: Mapping[str, str], figures: Mapping[str, Figures], boards: Sequence[Target]
) -> list[Entry]:
    """Every architecture, by its name."""
    return [
        Entry(f"zoo:{name}", text, figures.get(name), _fitting(figures.get(name), boards))
        for name, text in summaries.items()
    ]


def table(found: Sequence[Entry]) -> TextTable:
    """For the terminal; the boards are counted, `--json` names them."""
    columns = (
        Column("source"),
        Column("what it is", elastic=True),
        Column("parameters", numeric=True),
        Column("MACs", numeric=True),
        Column("int8 .tflite B", numeric=True),
        Column("arena B", numeric=True),
        Column("fits (estimate)", elastic=True),
    )
    return TextTable(columns, tuple(map(_row, found)))


def _row(entry: Entry) -> tuple[str | int | None, ...]:
    known = entry.figures
    if known is None:
        return (entry.source, entry.summary, None, None, None, None, None)
    return (
        entry.source,
        entry.summary,
        known.parameters,
        known.macs,
        known.tflite_bytes,
        known.arena_bytes,
        ", ".join(entry.boards) or "none",
    )


def _fitting(known: Figures | None, boards: Sequence[Target]) -> tuple[str, ...]:
    if known is None:
        return ()
    flash = known.constant_bytes + known.code_bytes + CONSOLE.flash_bytes
    variables = known.input_bytes + CONSOLE.ram_bytes
    return tuple(
        target.board.name
        for target in boards
        if flash <= target.flash_bytes and target.placed(known.arena_bytes, variables)
    )

"""Tables of boards."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.report._table import Column, TextTable
from edgekit.targets import Target

# What `tested` claims, in the reader's words; nothing more is claimed than was done.
TESTED = {
    "hil": "run on the real board",
    "emulated": "run in its emulator",
    "build-only": "built, its image checked",
}


def table(targets: Sequence[Target]) -> TextTable:
    """The boards with their chips, memories and how far they were tested."""
    columns = (
        Column("board"),
        Column("what it is"),
        Column("chip"),
        Column("core"),
        Column("flash KiB", numeric=True),
        Column("RAM KiB", numeric=True),
        Column("emulator"),
        Column("tested"),
    )
    return TextTable(columns, tuple(map(_row, targets)))


def _row(target: Target) -> tuple[str | int | None, ...]:
    board = target.board
    return (
        board.name,
        board.title,
        target.soc.name,
        target.core.name,
        target.flash_bytes // 1024,
        target.ram_bytes // 1024,
        board.emulator.name if board.emulator else None,
        TESTED.get(board.tested, board.tested),
    )


def as_json(targets: Sequence[Target]) -> list[dict[str, object]]:
    """What `edgekit boards --json` prints."""
    return [
        {
            "name": target.board.name,
            "title": target.board.title,
            "soc": target.soc.name,
            "core": target.core.name,
            "flash_bytes": target.flash_bytes,
            "ram_bytes": target.ram_bytes,
            "emulator": target.board.emulator.name if target.board.emulator else None,
            "tested": target.board.tested,
            "url": target.board.url,
        }
        for target in targets
    ]

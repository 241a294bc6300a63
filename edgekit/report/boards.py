"""Tables of boards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgekit import flashers
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
        Column("what it is", elastic=True),
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
            "memories": [
                {
                    "name": memory.name,
                    "kind": memory.kind,
                    "origin": memory.origin,
                    "length_bytes": memory.length_bytes,
                }
                for memory in target.soc.memories
            ],
            "emulator": target.board.emulator.name if target.board.emulator else None,
            "tested": target.board.tested,
            "url": target.board.url,
        }
        for target in targets
    ]


def markdown(targets: Sequence[Target]) -> str:
    """Every board with its memories, console and tools, for docs/boards.md."""
    return "\n".join(map(_page, targets))


def _page(target: Target) -> str:
    board, soc = target.board, target.soc
    columns = (Column("memory"), Column("from"), Column("KiB", numeric=True), Column("kind"))
    rows = tuple(
        (m.name, f"0x{m.origin:08x}", m.length_bytes // 1024, m.kind) for m in soc.memories
    )
    lines = [
        f"## {board.name}",
        "",
        f"[{board.title}]({board.url}). Chip `{soc.name}`, core `{soc.core.name}`, "
        f"{soc.clock_hz / 1e6:g} MHz. Console: {board.baud} baud, 8N1. "
        f"Tested: {TESTED.get(board.tested, board.tested)}.",
        "",
        TextTable(columns, rows).markdown(),
    ]
    if board.flashers:
        lines += ["`edgekit flash DIR` programs it, with `--with` by another than the first:", ""]
        lines += ["```"]
        for spec in board.flashers:
            elf = Path("console.elf")
            flasher, job = flashers.prepare(elf, target, name=spec.name)
            lines += [f"{spec.name}: {line}" for line in flasher.plan(job)]
        lines += ["```", ""]
    return "\n".join(lines)

"""Boards for tests that need one of any kind, or one of each."""

from __future__ import annotations

from edgekit import targets
from edgekit.targets import Target


def _room(target: Target) -> tuple[int, int]:
    return target.ram_bytes, len(target.core.features)


def roomiest() -> Target:
    """The board with the most memory and, among equals, the most features."""
    return max(targets.all_boards(), key=_room)


def roomiest_of_each_core() -> list[Target]:
    """For every core the emulated board with the most memory."""
    found: dict[str, Target] = {}
    emulated = [t for t in targets.all_boards() if t.board.emulator is not None]
    for target in sorted(emulated, key=_room):
        found[target.core.name] = target
    return [found[name] for name in sorted(found)]

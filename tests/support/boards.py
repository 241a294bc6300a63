"""Boards for tests that need one of any kind, or one of each."""

from __future__ import annotations

from edgekit import emulators, targets
from edgekit.targets import Target


def _room(target: Target) -> tuple[int, int]:
    return target.ram_bytes, len(target.core.features)


def roomiest() -> Target:
    """The board with the most memory and, among equals, the most features."""
    return max(targets.all_boards(), key=_room)


def roomiest_of_each_core() -> list[Target]:
    """For every core the emulated board with the most memory.

    A core whose emulator models cycles, and is slow for that, is left out where another core
    executes the same instructions.
    """
    found: dict[str, Target] = {}
    emulated = [t for t in targets.all_boards() if t.board.emulator is not None]
    for target in sorted(emulated, key=_room):
        found[target.core.name] = target
    quick = [target for target in found.values() if not _slow(target)]
    kinds = {(target.core.startup, target.core.features) for target in quick}
    left = [t for t in found.values() if (t.core.startup, t.core.features) not in kinds]
    return sorted((*quick, *left), key=lambda target: target.core.name)


def _slow(target: Target) -> bool:
    return emulators.whose_cycles(target) is not None

"""Which of a chip's memories takes the arena, and which the stack and the variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Region(Protocol):
    """A memory, as far as its room counts."""

    @property
    def length_bytes(self) -> int:
        """Its size."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in the list of memories.

    Attributes:
        arena: of the one with the arena.
        rest: of the one with stack and variables; often the same.
    """

    arena: int
    rest: int


def lay_out(memories: Sequence[Region], arena_bytes: int, rest_bytes: int) -> Layout | None:
    """Place both, in the fastest memory if it holds them.

    Else apart, the arena in the fastest memory that leaves one for the rest, since inferences spend
    their time there; else both in a slower one. The arena is never split.

    Args:
        memories: the fastest first.
        arena_bytes: size of the arena.
        rest_bytes: stack and variables.

    Returns:
        None where they fit in no way.
    """
    rooms = [memory.length_bytes for memory in memories]
    if arena_bytes + rest_bytes <= rooms[0]:
        return Layout(0, 0)
    for arena, room in enumerate(rooms):
        for rest, other in enumerate(rooms):
            if rest != arena and arena_bytes <= room and rest_bytes <= other:
                return Layout(arena, rest)
        if arena_bytes + rest_bytes <= room:
            return Layout(arena, arena)
    return None


def arena_room(memories: Sequence[Region], rest_bytes: int) -> int:
    """The largest arena that can be placed; negative where not even the rest fits.

    Args:
        memories: the fastest first.
        rest_bytes: stack and variables.
    """
    rooms = [memory.length_bytes for memory in memories]
    together = max(rooms) - rest_bytes
    apart = (
        room
        for arena, room in enumerate(rooms)
        if any(rest_bytes <= other for rest, other in enumerate(rooms) if rest != arena)
    )
    return max([together, *apart])

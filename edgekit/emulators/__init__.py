"""Emulated boards, one emulator a file.

Every module has:

- `running(elf, target, *, count)`: the image runs while the block does; with `count` the ticks of
  its timer are instructions;
- `missing(target)`: the command that installs what it lacks here, None where it lacks nothing.

One that models its core's time also has `CYCLES`, whose cycles they are, and `in_cycles(elf,
target)`, where ticks are cycles.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import cast

from edgekit import registry
from edgekit.emulators._link import Link
from edgekit.emulators._mix import Window, mixing
from edgekit.errors import ToolError
from edgekit.targets import Target

__all__ = ["Link", "Window", "in_cycles", "missing", "mixing", "running", "whose_cycles"]


def running(elf: Path, target: Target, *, count: bool) -> AbstractContextManager[Link]:
    """Run an image in the emulator that the board's file names.

    Args:
        elf: the console's image.
        target: its board.
        count: count instructions; slower, and guest time no longer follows the clock.

    Raises:
        ToolError: nothing emulates this board, or the emulator is missing.
    """
    _require_memories(elf, target)
    found = _module(target).running(elf, target, count=count)
    return cast("AbstractContextManager[Link]", found)


def _require_memories(elf: Path, target: Target) -> None:
    """Nothing of the image may lie in a memory that the emulator leaves out."""
    spec = target.board.emulator
    if spec is None or not spec.lacks or not elf.is_file():
        return  # the emulator says what is wrong
    from elftools.elf.elffile import ELFFile  # few boards need it

    absent = [memory for memory in target.soc.memories if memory.name in spec.lacks]
    with elf.open("rb") as file:
        places = [int(s["p_vaddr"]) for s in ELFFile(file).iter_segments("PT_LOAD") if s["p_memsz"]]
    for memory in absent:
        if any(memory.origin <= at < memory.origin + memory.length_bytes for at in places):
            raise ToolError(
                f"the model needs the memory {memory.name}, which the emulator of "
                f"{target.board.name} leaves out",
                "verify it on this computer, `--on host`, or on a real board, `--port PORT`",
            )


def missing(target: Target) -> str | None:
    """The command that installs what the board's emulator lacks; None where it lacks nothing.

    Raises:
        ToolError: nothing emulates this board.
    """
    return cast("str | None", _module(target).missing(target))


def whose_cycles(target: Target) -> str | None:
    """Whose model the cycles of `in_cycles` are; None where the emulator models none.

    Raises:
        ToolError: nothing emulates this board.
    """
    return getattr(_module(target), "CYCLES", None)


def in_cycles(elf: Path, target: Target) -> AbstractContextManager[Link]:
    """Run an image in a board's emulator that models cycles: its timer's ticks are those.

    Args:
        elf: the console's image.
        target: its board, of which `whose_cycles` knows.

    Raises:
        ToolError: nothing emulates this board, or the emulator is missing.
    """
    return cast("AbstractContextManager[Link]", _module(target).in_cycles(elf, target))


def _module(target: Target) -> ModuleType:
    spec = target.board.emulator
    if spec is None:
        raise ToolError(
            f"nothing here emulates the board {target.board.name}",
            "take --port PORT with a real one, or `--on host`",
        )
    return registry.load(__name__, spec.name, "emulator")

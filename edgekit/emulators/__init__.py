"""Emulated boards: one emulator a file, each with `running(elf, target, *, count)`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

from edgekit import registry
from edgekit.emulators._link import Link
from edgekit.emulators._mix import Window, mixing
from edgekit.errors import ToolError
from edgekit.targets import Target

__all__ = ["Link", "Window", "mixing", "running"]


def running(elf: Path, target: Target, *, count: bool) -> AbstractContextManager[Link]:
    """Run an image in the emulator that the board's file names.

    Args:
        elf: the console's image.
        target: its board.
        count: count instructions; slower, and guest time no longer follows the clock.

    Raises:
        ToolError: nothing emulates this board, or the emulator is missing.
    """
    spec = target.board.emulator
    if spec is None:
        raise ToolError(
            f"nothing here emulates the board {target.board.name}",
            "take --port PORT with a real one, or `--on host`",
        )
    module = registry.load(__name__, spec.name, "emulator")
    return cast("AbstractContextManager[Link]", module.running(elf, target, count=count))

"""The board's usual tool, run by the user: edgekit names the exact command."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NoReturn

from edgekit.errors import ToolError
from edgekit.targets import Target


def command(elf: Path, target: Target) -> str:
    """The command that programs this image, ready for a shell; empty if the board names none."""
    text = target.board.flash_command
    for key, path in (("{elf}", elf), ("{bin}", elf.with_suffix(".bin"))):
        text = text.replace(key, shlex.quote(str(path)))
    return text


def flash(elf: Path, target: Target) -> NoReturn:
    """Refuse, and say what to type instead.

    Raises:
        ToolError: always: edgekit does not yet program real boards itself.
    """
    known = command(elf, target)
    raise ToolError(
        f"edgekit does not program {target.board.title} itself yet",
        f"run: {known}" if known else f"see {target.board.url}",
    )

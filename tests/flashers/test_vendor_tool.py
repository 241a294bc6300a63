from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edgekit.errors import ToolError
from edgekit.flashers import vendor_tool
from edgekit.targets import Target
from tests.support.boards import roomiest

ELF = Path("/some where/console.elf")


def board_with(command: str) -> Target:
    target = roomiest()
    return replace(target, board=replace(target.board, flash_command=command))


def test_the_command_is_ready_for_a_shell() -> None:
    assert vendor_tool.command(ELF, board_with("prog {elf} {bin}")) == (
        "prog '/some where/console.elf' '/some where/console.bin'"
    )


def test_it_says_what_to_type() -> None:
    with pytest.raises(ToolError, match="does not program") as caught:
        vendor_tool.flash(ELF, board_with("prog {elf}"))
    assert caught.value.hint == "run: prog '/some where/console.elf'"


def test_a_board_without_a_command_names_its_page() -> None:
    target = board_with("")
    with pytest.raises(ToolError) as caught:
        vendor_tool.flash(ELF, target)
    assert target.board.url in caught.value.hint

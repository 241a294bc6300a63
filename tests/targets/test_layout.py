"""Which memory takes what, where a chip has several."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

from edgekit import builder, emulators, resources, targets
from edgekit.errors import InputError, ToolError
from edgekit.harness.session import Device
from edgekit.targets import Target
from edgekit.targets._layout import Layout, arena_room, lay_out
from tests.support import tiny
from tests.support.simulated import Simulated
from tests.support.tools import needs_emulator

KIB = 1024


@dataclass(frozen=True)
class Room:
    length_bytes: int


@pytest.mark.parametrize(
    ("arena", "rest", "expected"),
    [
        (100, 28, Layout(0, 0)),
        (100, 29, Layout(0, 1)),  # the arena stays in the fast one
        (128, 512, Layout(0, 1)),
        (129, 8, Layout(1, 0)),
        (512, 128, Layout(1, 0)),
        (300, 200, Layout(1, 1)),  # the fast one is too small for either
        (513, 1, None),
        (400, 200, None),
    ],
)
def test_the_fastest_memory_that_does(arena: int, rest: int, expected: Layout | None) -> None:
    assert lay_out([Room(128), Room(512)], arena, rest) == expected


@given(st.lists(st.integers(1, 60).map(Room), min_size=1, max_size=3), st.integers(1, 60))
def test_the_room_is_the_largest_arena_that_can_be_placed(rooms: list[Room], rest: int) -> None:
    placed = [arena for arena in range(62) if lay_out(rooms, arena, rest) is not None]
    assert max(arena_room(rooms, rest), -1) == max(placed, default=-1)


def sections(elf: Path) -> dict[str, int]:
    with elf.open("rb") as file:
        return {s.name: int(s["sh_addr"]) for s in ELFFile(file).iter_sections() if s["sh_size"]}


def built(target: Target, folder: Path, arena_bytes: int) -> Path:
    tiny.need("cmake", f"{target.core.toolchain}gcc")
    project = tiny.write_project(target, folder / "firmware", arena_bytes=arena_bytes)
    return builder.build(project, folder / "build").elf


@pytest.mark.parametrize(
    ("arena_kib", "arena", "stack"),
    [(100, ".bss", 0x20000000), (125, 0x20000000, 0x24000000), (300, 0x24000000, 0x20000000)],
)
def test_a_chip_with_a_fast_and_a_large_memory(
    arena_kib: int, arena: int | str, stack: int, tmp_path: Path
) -> None:
    """The image starts, clears what it must and answers, wherever the arena is."""
    target = targets.load_board("nucleo_h743zi")
    elf = built(target, tmp_path, arena_kib * KIB)
    found = sections(elf)
    assert found[".stack"] == stack
    if isinstance(arena, int):
        assert found[".arena"] == arena
        assert found[".bss"] > found[".stack"]
    else:
        assert ".arena" not in found
    chip = Simulated(elf, target, works=True)
    first, last = chip.symbols["ek_arena"], chip.symbols["ek_arena"] + arena_kib * KIB - 4
    for at in (first, last):
        chip.poke(at, 0xDEADBEEF)
    assert chip.boot().endswith("m-ready\r\n")
    assert [chip.peek(at) for at in (first, last)] == [0, 0]


def test_a_memory_that_the_emulator_lacks(tmp_path: Path) -> None:
    """The firmware is right for the chip, and refused by name where it can't run."""
    target = targets.load_board("netduino_plus_2")
    needs_emulator(target)
    elf = built(target, tmp_path, 126 * KIB)
    found = sections(elf)
    assert (found[".arena"], found[".stack"]) == (0x20000000, 0x10000000)
    with (
        pytest.raises(ToolError, match="needs the memory CCM, which the emulator of"),
        emulators.running(elf, target, count=False),
    ):
        pass


def with_a_second_ram(folder: Path, name: str = "SRAM") -> Path:
    """A shipped emulated board, and the rest of the RAM that it has."""
    root = resources.targets_folder()
    shipped = targets.load_board("mps3_an547")
    board = folder / "own_board"
    soc = board / "own_soc"
    soc.mkdir(parents=True)
    text = (root / "boards" / shipped.board.name / "board.toml").read_text()
    (board / "board.toml").write_text(text.replace(f'"{shipped.soc.name}"', '"own_soc"', 1))
    text = (shipped.soc.folder / "soc.toml").read_text()
    text += f'[[memory]]\nname = "{name}"\nkind = "ram"\norigin = 0x31000000\n'
    (soc / "soc.toml").write_text(text + "length_bytes = 4_194_304\n")
    for folder_of in (shipped.soc.port_from, shipped.soc.folder):
        for file in folder_of.glob("*.[ch]") if folder_of is not None else ():
            (soc / file.name).write_text(file.read_text())
    return board


def test_an_arena_in_the_second_memory_runs(tmp_path: Path) -> None:
    target = targets.load_board(str(with_a_second_ram(tmp_path)))
    needs_emulator(target)
    elf = built(target, tmp_path, 600 * KIB)
    assert sections(elf)[".arena"] == 0x31000000
    data = tiny.random_input(3)
    with (
        emulators.running(elf, target, count=False) as link,
        Device(link) as device,
    ):
        device.write_inputs([data])
        device.invoke()
        assert device.read_output() == tiny.op_outputs(data)[1]
        assert device.stack_bytes()


def test_memories_have_names_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two regions have the same name"):
        targets.load_board(str(with_a_second_ram(tmp_path, "RAM")))

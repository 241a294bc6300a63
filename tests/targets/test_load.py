from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from edgekit import builder, resources, targets
from edgekit.errors import InputError

BOARD = """
title = "A board"
soc = "some_soc"
url = "https://example.org/"
tested = "build-only"

[console]
baud = 9600
usb_ids = ["0483:374b"]

[port]
pin = "PA3"
speed = 8

[flash.pyocd]
target = "some_chip"
"""

SOC = """
core = "some_core"
clock_hz = 1_000_000
stack_bytes = 1024

[port]
pin = "the pin"
speed = "the speed"

[[memory]]
name = "FLASH"
kind = "flash"
origin = 0
length_bytes = 65536

[[memory]]
name = "RAM"
kind = "ram"
origin = 0x2000_0000
length_bytes = 8192
"""

CORE = """
flags = ["-mcpu=cortex-m3", "-mthumb"]
features = []
alignment_bytes = 4
toolchain = "arm-none-eabi-"
startup = ["common", "arm", "armv7m"]
"""

EMULATOR = """
[emulator]
name = "qemu"
machine = "some"
icount_shift = 6
timer_hz = 25_000_000
"""


def write(folder: Path, board: str = BOARD, soc: str = SOC, core: str = CORE) -> Path:
    """Somebody's own board with its chip and core beside it."""
    board_file = folder / "some_board" / "board.toml"
    soc_folder = folder / "some_board" / "some_soc"
    soc_folder.mkdir(parents=True)
    board_file.write_text(board)
    (soc_folder / "soc.toml").write_text(soc)
    (soc_folder / "port.c").write_text("/* empty */\n")
    (soc_folder / "some_core.toml").write_text(core)
    return board_file


def test_every_shipped_target_loads() -> None:
    boards = targets.all_boards()
    assert [t.board.name for t in boards] == targets.board_names()
    assert len(boards) >= 2
    for target in boards:
        assert target.flash_bytes > target.ram_bytes / 2 > 0
        assert target.soc.stack_bytes < target.ram_bytes
        assert target.board.tested != "emulated" or target.board.emulator is not None
        assert (target.soc.folder / "NOTES.md").is_file(), "where do its numbers come from?"


def test_currents_are_those_of_a_datasheet() -> None:
    """Said by whom; and of a size that a chip of this clock can have."""
    for target in targets.all_boards():
        power = target.soc.power
        if power is not None:
            assert 0.05 < power.active_ua_per_mhz * target.soc.clock_hz / 1e9 < 300, "mA"
            assert re.search(r"data ?sheet|PS,|DS\d|figure|as the", power.source)
            assert 0.2 <= power.error <= 0.5


def test_every_folder_is_a_target() -> None:
    """A SoC or core that no board uses would never be tested."""
    root = resources.targets_folder()
    boards = targets.all_boards()
    assert {t.soc.name for t in boards} == {p.name for p in (root / "socs").iterdir()}
    assert {t.core.name for t in boards} == {p.stem for p in (root / "cores").iterdir()}


def test_own_board_needs_no_edit(tmp_path: Path) -> None:
    path = write(tmp_path)
    for name in (str(path), str(path.parent)):
        target = targets.load_board(name)
        assert target.board.name == "some_board"
        assert target.core.name == "some_core"
        assert (target.flash_bytes, target.ram_bytes) == (65536, 8192)
        assert target.board.usb_ids == ((0x0483, 0x374B),)
        assert target.board.port == (("pin", "PA3"), ("speed", 8))
        assert target.board.emulator is None


def test_own_board_on_a_shipped_soc(tmp_path: Path) -> None:
    shipped = targets.all_boards()[0]
    source = resources.targets_folder() / "boards" / shipped.board.name / "board.toml"
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(source, folder / "board.toml")
    assert targets.load_board(str(folder)).soc == shipped.soc


def test_instructions_per_tick(tmp_path: Path) -> None:
    emulator = targets.load_board(str(write(tmp_path, board=BOARD + EMULATOR))).board.emulator
    assert emulator is not None
    assert emulator.instructions_per_tick == 40 / 64  # a tick of 40 ns, 64 ns an instruction


def test_unknown_board_offers_the_nearest() -> None:
    name = targets.board_names()[0]
    with pytest.raises(InputError, match="unknown board") as caught:
        targets.load_board(name[:-1] + "x")
    assert f"did you mean {name!r}" in caught.value.hint


def test_missing_board_file() -> None:
    with pytest.raises(InputError, match=r"no board file nowhere/board\.toml"):
        targets.load_board("nowhere/board.toml")


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


Edit = Callable[[str], str]


def edit(old: str, new: str) -> Edit:
    return lambda text: replaced(text, old, new)


def add(text: str) -> Edit:
    return lambda before: before + text


INVALID: dict[str, tuple[str, Edit, str]] = {
    "no TOML": ("board", add("\n= 3"), "not valid TOML"),
    "unknown key": ("board", edit("title", "colour = 3\ntitle"), "colour: is not a known key"),
    "unknown key in a table": ("board", edit("baud =", "x = 1\nbaud ="), r"console\.x: is not"),
    "missing key": ("board", edit('title = "A board"', ""), "title: is missing"),
    "wrong type": ("board", edit('"A board"', "7"), "title: must be a text, not int"),
    "empty text": ("board", edit('"A board"', '" "'), "title: is empty"),
    "boolean for a number": ("board", edit("9600", "true"), "baud: must be a whole number"),
    "number out of range": ("board", edit("9600", "5"), "baud: must be between 300"),
    "unknown word": ("board", edit("build-only", "surely"), "tested: must be one of hil"),
    "unfounded claim": ("board", edit("build-only", "emulated"), "tested: is 'emulated'"),
    "unknown soc": ("board", edit("some_soc", "no_soc"), "soc: unknown soc 'no_soc'"),
    "path for a soc": ("board", edit("some_soc", "../some_soc"), "soc: must be a name"),
    "bad usb id": ("board", edit("0483:374b", "0483374b"), "usb_ids: must look like"),
    "missing setting": ("board", edit('pin = "PA3"', ""), "pin: is missing: the pin"),
    "unknown setting": ("board", edit("speed =", "sped = 1\nspeed ="), "sped: is not a known"),
    "setting that is no C word": ("board", edit('"PA3"', '"PA3; x"'), "pin: must be a pin"),
    "setting of a wrong type": ("board", edit("speed = 8", "speed = 1.5"), "speed: must be a pin"),
    "negative setting": ("board", edit("speed = 8", "speed = -1"), "speed: must be a pin"),
    "programmer that is no table": (
        "board",
        edit('[flash.pyocd]\ntarget = "some_chip"', '[flash]\ntool = "x"'),
        r"flash\.tool: must be a table",
    ),
    "programmer told a number": (
        "board",
        edit('"some_chip"', "7"),
        r"pyocd\.target: must be a te",
    ),
    "emulator without machine": (
        "board",
        add('\n[emulator]\nname = "qemu"'),
        "machine: is missing",
    ),
    "unknown core": ("soc", edit("some_core", "no_core"), "core: unknown core 'no_core'"),
    "no flash": ("soc", edit('kind = "flash"', 'kind = "ram"'), "no region of kind 'flash'"),
    "no ram": ("soc", edit('kind = "ram"', 'kind = "flash"'), "no region of kind 'ram'"),
    "unknown kind": ("soc", edit('kind = "ram"', 'kind = "rom"'), r"memory\[1\]\.kind"),
    "region's name": ("soc", edit('"RAM"', '"RAM (rwx)"'), r"memory\[1\]\.name: must be a plain"),
    "memory is no list": ("soc", edit("[[memory]]", "[memory.x]"), "TOML|memory: must be a list"),
    "unnamed setting": ("soc", edit('"the pin"', '""'), "pin: must be a snake-case name"),
    "setting's name": ("soc", edit("pin =", "PIN ="), "PIN: must be a snake-case name"),
    "odd alignment": (
        "core",
        edit("_bytes = 4", "_bytes = 12"),
        "alignment_bytes: must be a power",
    ),
    "flags with spaces": ("core", edit('"-mthumb"', '"-mthumb -O3"'), "flags: must be compiler"),
    "list of numbers": ("core", edit("[]", "[1]"), "features: must be a list of texts"),
    "cycle model without a class": (
        "core",
        add('\n[[cycle_model]]\ntitle = "x"\nother = 1\n'),
        r"cycle_model\[0\]\.load: is missing",
    ),
    "register of a wrong type": (
        "soc",
        edit("[port]", '[registers]\nuart = "x"\n\n[port]'),
        "uart: must",
    ),
    "cache register that is no word": (
        "soc",
        edit("[port]", '[cache]\ntitle = "x"\nregister = 0x4001_0002\non = 1\n\n[port]'),
        "register: must be a multiple of 4",
    ),
    "emulator that lacks what is not there": (
        "board",
        add(EMULATOR + 'lacks = ["CCM"]\n'),
        "some_soc has no memory 'CCM'",
    ),
    "part number out of range": ("core", add("\npart = 0x1000\n"), "part: must be between"),
    "unknown soc to share with": (
        "soc",
        edit("clock_hz", 'port_from = "no"\nclock_hz'),
        "unknown soc",
    ),
    "unknown startup": ("core", edit("armv7m", "armv99"), "startup: there is no"),
}


@pytest.mark.parametrize("rule", INVALID)
def test_one_invalid_file_per_rule(rule: str, tmp_path: Path) -> None:
    which, change, message = INVALID[rule]
    texts = {"board": BOARD, "soc": SOC, "core": CORE}
    texts[which] = change(texts[which])
    path = write(tmp_path, **texts)
    filename = {"board": "board.toml", "soc": "soc.toml", "core": "some_core.toml"}[which]
    with pytest.raises(InputError, match=message) as caught:
        targets.load_board(str(path))
    assert filename in caught.value.message


def test_soc_without_port(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path.parent / "some_soc" / "port.c").unlink()
    with pytest.raises(InputError, match=r"has no port\.c"):
        targets.load_board(str(path))


def test_a_port_may_be_shared(tmp_path: Path) -> None:
    """The files of the SoC named by `port_from`, of which its own replace some."""
    path = write(
        tmp_path, soc=SOC.replace("stack_bytes", 'port_from = "other_soc"\nstack_bytes', 1)
    )
    other = path.parent / "other_soc"
    other.mkdir()
    for name in ("soc.toml", "port.c"):
        shutil.copy(path.parent / "some_soc" / name, other / name)
    (other / "port.c").write_text("/* shared */\n")
    (other / "timer.h").write_text("/* shared timer */\n")
    (path.parent / "some_soc" / "port.c").unlink()
    (path.parent / "some_soc" / "timer.h").write_text("/* own timer */\n")
    target = targets.load_board(str(path))
    assert target.soc.port_from == other
    tree = builder.project_tree(target, "m", 1)
    assert tree["port/some_soc/port.c"] == "/* shared */\n"
    assert tree["port/some_soc/timer.h"] == "/* own timer */\n"


def test_registers_become_macros(tmp_path: Path) -> None:
    soc = replaced(SOC, "[port]", "[registers]\nuart = 0x4000_4000\nuart_irq = 5\n\n[port]")
    target = targets.load_board(str(write(tmp_path, soc=soc)))
    header = builder.project_tree(target, "m", 1)["port/some_soc/ek_board.h"]
    assert "#define EK_SOC_UART 0x40004000U\n" in header
    assert "#define EK_SOC_UART_IRQ 5U\n" in header


def test_folder_in_capitals(tmp_path: Path) -> None:
    path = write(tmp_path)
    folder = path.parent.rename(tmp_path / "Some-Board")
    with pytest.raises(InputError, match="snake case, not 'Some-Board'"):
        targets.load_board(str(folder))

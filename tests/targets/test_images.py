"""Images of boards that nothing emulates: where they lie, what they do on a simulated core."""

from __future__ import annotations

import re
import shlex
import shutil
import struct
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from edgekit import flashers, proc, targets
from edgekit.flashers import uf2
from edgekit.harness import protocol
from edgekit.harness.protocol import Request
from edgekit.harness.system import Unit, interpret
from edgekit.targets import Target
from tests.support import tiny
from tests.support.simulated import COUNTED, Simulated, registers
from tests.support.tools import needs

BOARDS = [t.board.name for t in targets.all_boards() if t.board.tested == "build-only"]
_ALLOCATED = 2  # SHF_ALLOC


@pytest.fixture(params=BOARDS)
def target(request: pytest.FixtureRequest) -> Target:
    return targets.load_board(request.param)


def answer(chip: Simulated, kind: Request, payload: bytes = b"", seq: int = 1) -> bytes:
    """Ask the image by a frame; the answer's payload behind its status."""
    found = protocol.Splitter().feed(chip.ask(protocol.encode(kind, seq, payload)))
    frames = [item for item in found if isinstance(item, protocol.Frame)]
    assert [(f.type, f.seq, f.payload[:1]) for f in frames] == [(kind, seq, b"\0")]
    return frames[0].payload[1:]


def test_every_section_lies_in_the_chips_memories(target: Target) -> None:
    """As built with -Werror: firmware() fails on a warning."""
    with tiny.firmware(target.board.name).elf.open("rb") as file:
        image = ELFFile(file)
        sections = [s for s in image.iter_sections() if s["sh_flags"] & _ALLOCATED and s["sh_size"]]
        segments = [s for s in image.iter_segments("PT_LOAD") if s["p_filesz"]]
    assert sections
    assert segments
    spans = [(s["sh_addr"], s["sh_size"]) for s in sections]
    for start, size in spans + [(s["p_paddr"], s["p_filesz"]) for s in segments]:
        assert any(
            origin is not None and origin <= start and start + size <= origin + m.length_bytes
            for m in target.soc.memories
            for origin in (m.origin, m.data_origin)
        ), f"0x{start:08x}, {size} bytes"
    flash = target.soc.memory("flash")
    for segment in segments:  # what is programmed is programmed into flash
        assert flash.origin <= segment["p_paddr"]
        assert segment["p_paddr"] + segment["p_filesz"] <= flash.origin + flash.length_bytes


def test_the_core_finds_its_vectors(target: Target) -> None:
    if "rv32" in target.core.features:
        pytest.skip("a RISC-V core starts at an address, without a table")
    firmware = tiny.firmware(target.board.name)
    chip = Simulated(firmware.elf, target, works=True)
    flash, ram = target.soc.memory("flash"), target.soc.memory("ram")
    table = chip.symbols["ek_vectors"]
    entries = 16 + registers(target).interrupt + 1
    assert table % (1 << (4 * entries - 1).bit_length()) == 0, "VTOR's alignment"
    data = firmware.elf.with_suffix(".bin").read_bytes()
    at = table - flash.origin
    stack, reset, *handlers = struct.unpack_from(f"<{entries}I", data, at)
    assert (stack, reset) == chip.vectors()
    assert ram.origin < stack <= ram.origin + ram.length_bytes
    assert stack % 8 == 0
    for handler in (reset, *filter(None, handlers)):
        assert handler & 1, "a handler without the Thumb bit"
        assert flash.origin <= handler < flash.origin + flash.length_bytes
    assert reset & ~1 == chip.symbols["ek_reset"] & ~1
    assert handlers[-1] & ~1 == chip.symbols["uart_interrupt"] & ~1


def test_the_boot_rom_finds_its_block(target: Target) -> None:
    words = registers(target).boot_words
    if not words:
        pytest.skip("this chip starts without a block")
    data = tiny.firmware(target.board.name).elf.with_suffix(".bin").read_bytes()
    block = struct.pack(f"<{len(words)}I", *words)
    assert data.count(block[:4]) == 1
    assert data[:4096].count(block) == 1
    assert data.index(block) % 4 == 0


def test_uf2_blocks_are_the_image(target: Target) -> None:
    """Each block's header against the format's own description, the payloads against the .bin."""
    if "uf2" not in [spec.name for spec in target.board.flashers]:
        pytest.skip("this board takes no UF2")
    firmware = tiny.firmware(target.board.name)
    _, job = flashers.prepare(firmware.elf, target, name="uf2")
    data = firmware.elf.with_suffix(".bin").read_bytes()
    blocks = uf2.image(job)
    assert len(blocks) % 512 == 0
    total, found = len(blocks) // 512, b""
    for number in range(total):
        block = blocks[512 * number : 512 * (number + 1)]
        magic, second, flags, address, size, index, count, family = struct.unpack("<8I", block[:32])
        assert (magic, second, block[-4:]) == (0x0A324655, 0x9E5D5157, b"\x30\x6f\xb1\x0a")
        assert (flags, size, index, count) == (0x2000, 256, number, total)
        assert address == target.soc.memory("flash").origin + 256 * number
        assert family == int(job.settings["family"], 0)
        found += block[32 : 32 + size]
    assert found[: len(data)] == data
    assert not any(found[len(data) :])


def test_esptool_takes_the_image(target: Target, tmp_path: Path) -> None:
    """The command that the flasher gives, and esptool's own check of what it made."""
    if "esptool" not in [spec.name for spec in target.board.flashers]:
        pytest.skip("esptool does not know this chip")
    needs("esptool")
    elf = tmp_path / "console.elf"
    shutil.copy(tiny.firmware(target.board.name).elf, elf)
    flasher, job = flashers.prepare(elf, target, name="esptool")
    program, *words = shlex.split(flasher.plan(job)[0])
    assert program == "esptool"
    esptool = proc.find(program)
    proc.run([esptool, *words])
    chip = ("--chip", job.settings["chip"])
    image = str(elf.with_suffix(".esp.bin"))
    told = proc.run([esptool, *chip, "image-info", image]).stdout
    flash = target.soc.memory("flash")
    assert f"Entry point: {flash.origin:#010x}" in told
    assert re.search(r"Checksum: 0x[0-9a-f]+ \(valid\)", told)
    loaded = [int(a, 16) for a in re.findall(r"^\s+\d+\s+0x\w+\s+(0x\w+)\s", told, re.MULTILINE)]
    assert loaded
    assert all(flash.origin <= a < flash.origin + flash.length_bytes for a in loaded)


@pytest.mark.parametrize("works", [True, False], ids=["rated clock", "nothing gets ready"])
def test_it_boots_and_says_who_it_is(target: Target, works: bool) -> None:
    """Also where no oscillator, PLL or regulator ever answers; it tells its real clock then."""
    chip = Simulated(tiny.firmware(target.board.name).elf, target, works=works)
    assert chip.boot().split("\r\n") == [
        "m-timestamp-mode-performance",
        "m-lap-us-0",
        "m-init-done",
        "m-ready",
        "",
    ]
    assert chip.ask(b"name%") == f"m-name-dut-[{target.board.name}]\r\nm-ready\r\n".encode()
    hello = protocol.parse_hello(answer(chip, Request.HELLO))
    assert (hello.model, hello.build_id) == ("tiny", tiny.BUILD_ID)
    rates = registers(target)
    assert hello.tick_hz == (rates.ticks_hz if works else rates.slow_ticks_hz)


@pytest.mark.parametrize("works", [True, False], ids=["rated clock", "nothing gets ready"])
def test_it_tells_which_caches_are_on(target: Target, works: bool) -> None:
    """As its start-up left the registers; the simulated timer and the cycle counter stand still."""
    if "rv32" in target.core.features:
        pytest.skip("the simulated core lacks the chip's own registers")
    chip = Simulated(tiny.firmware(target.board.name).elf, target, works=works)
    chip.boot()
    said = protocol.parse_system(answer(chip, Request.SYSTEM))
    found = interpret(said, target, 1, emulated=False)
    off = {each.text for each in found.warnings if "disabled" in each.text}
    if not works and target.soc.cache is not None and said.cache == 0:
        assert off == {f"{target.soc.cache.title}: disabled"}
    else:
        assert not off
    assert works <= all(found.caches.values())
    core_caches = said.ccr & 3 << 16
    assert core_caches == (3 << 16 if target.core.title.endswith("M7") else 0)


def test_a_core_with_a_counter_of_its_own_is_asked_there(target: Target) -> None:
    """The count is the simulated one; what is proven is who is asked, and that it stops again."""
    if not registers(target).counter:
        pytest.skip("this core counts as others of its family do")
    chip = Simulated(tiny.firmware(target.board.name).elf, target, works=True)
    chip.boot()
    for seq in (1, 2):
        said = protocol.parse_system(answer(chip, Request.SYSTEM, seq=seq))
        assert (said.cycles, chip.counts) == (COUNTED, False)
    found = interpret(said, target, 1, emulated=False)
    assert found.core.startswith("RV32IM")
    assert found.units["multiplication"] == Unit(True, True, True)
    assert [each.text for each in found.warnings] == ["the port's timer stands still"]


def test_it_computes_what_the_host_does(target: Target) -> None:
    chip = Simulated(tiny.firmware(target.board.name).elf, target, works=True)
    chip.boot()
    data = tiny.random_input(1)
    for at in range(0, len(data), 200):
        part = struct.pack("<I", at) + data[at : at + 200]
        answer(chip, Request.WRITE_INPUT, part, seq=at % 256)
    answer(chip, Request.INVOKE)
    assert answer(chip, Request.READ_OUTPUT, bytes(6))[4:] == tiny.op_outputs(data)[1]

"""What a firmware says of the chip that it runs on, and the warnings that follow from it."""

from __future__ import annotations

import dataclasses
import struct

import pytest

from edgekit import targets
from edgekit.emulators import Link
from edgekit.harness import protocol
from edgekit.harness.protocol import System
from edgekit.harness.session import Device
from edgekit.harness.system import SystemReport, interpret, read_system
from tests.support.lines import FakeDevice

M4 = targets.load_board("netduino_plus_2")
M7 = targets.load_board("nucleo_h743zi")
RISCV = targets.load_board("esp32_c3_devkitm")
RELEASE = "-mcpu=cortex-m4 -mthumb -O2 -g"

# Registers as the technical reference manuals of the cores have them.
GOOD_M4 = System(
    first=2 | 0x0D00,  # DSP, FPU, multiplication
    identity=0x410FC241,
    ccr=0x200,
    clidr=0,
    cpacr=0x00F00000,
    isar3=0x01111131,
    mvfr0=0x10110021,
    mvfr1=0x11000011,
    cache=0x705,
    cycles=164_062,
    ticks=82_031,
    compiler="12.2.1 20221205",
    flags=RELEASE,
)
GOOD_M7 = dataclasses.replace(
    GOOD_M4, identity=0x411FC270, ccr=0x30200, clidr=0x09000003, cycles=468_750, ticks=234_375
)


def of(said: System, target: targets.Target = M4, tick_hz: int = 84_000_000) -> SystemReport:
    return interpret(said, target, tick_hz, emulated=False)


def texts(report: SystemReport) -> list[str]:
    assert all(each.hint for each in report.warnings)
    return [each.text for each in report.warnings]


def test_a_board_at_its_best() -> None:
    found = interpret(GOOD_M4, M4, 84_000_000, False, ["conv_2d dsp", "conv_2d dsp", "add dsp"])
    assert not found.warnings
    assert found.core == "Cortex-M4 r0p1"
    assert found.clock_hz == pytest.approx(168e6)
    assert list(found.caches.values()) == [True]
    assert found.kernels == {"conv_2d dsp": 2, "add dsp": 1}
    line = found.line()
    for part in ("168 MHz of 168, measured", "DSP: used", "FPU: used", "conv_2d dsp x 2", "-O2"):
        assert part in line


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"first": 2 | 0x0C00}, "Cortex-M4 built without DSP"),
        ({"first": 2 | 0x0900}, "Cortex-M4 built without FPU"),
        ({"cpacr": 0}, "FPU disabled"),
        ({"cache": 0x105}, "(FLASH_ACR): disabled"),
        ({"ticks": 0, "cycles": 0}, "the port's timer stands still"),
        ({"flags": "-mcpu=cortex-m4 -g"}, "the model was compiled with no -O at all"),
        ({"flags": "-mcpu=cortex-m4 -O2 -O0"}, "the model was compiled with -O0"),
        ({"identity": 0x412FC231}, "the chip has a Cortex-M3, the firmware was built for a Cort"),
        ({"identity": 0x410FD999}, "the chip has a core with part number 0xd99, the"),
    ],
)
def test_each_fault_is_named(change: dict[str, object], warning: str) -> None:
    found = of(dataclasses.replace(GOOD_M4, **change))  # type: ignore[arg-type]  # by name
    assert any(warning in text for text in texts(found)), found.warnings


def test_a_clock_that_did_not_start() -> None:
    """Core and timer run on the internal oscillator then, one cycle a tick."""
    slow = dataclasses.replace(GOOD_M4, cycles=15_631, ticks=15_630)
    assert texts(of(slow, tick_hz=16_000_000)) == ["clock 16 MHz of 168"]


def test_caches_of_the_core() -> None:
    best = of(GOOD_M7, M7, 240_000_000)
    assert best.caches == {"instruction cache": True, "data cache": True}
    assert best.clock_hz == pytest.approx(480e6)
    assert not best.warnings
    off = of(dataclasses.replace(GOOD_M7, ccr=0x200), M7, 240_000_000)
    assert texts(off) == ["instruction cache: disabled", "data cache: disabled"]


def test_a_core_without_a_counter_claims_no_clock() -> None:
    found = of(dataclasses.replace(GOOD_M4, cycles=0))
    assert found.clock_hz is None
    assert not found.warnings
    assert "clock not measured" in found.line()


def test_an_optional_extension_is_read_from_the_core() -> None:
    """A Cortex-M33 need not have DSP: whether it has, its register says."""
    board = targets.load_board("raspberry_pi_pico2")
    m33 = dataclasses.replace(
        GOOD_M4, identity=0x411FD210, first=2 | 0x0C00, cache=1, cycles=146_484, ticks=146_484
    )
    assert texts(of(m33, board, 150_000_000)) == ["Cortex-M33 built without DSP"]
    assert not of(dataclasses.replace(m33, isar3=0x01111111), board, 150_000_000).warnings


def test_mve() -> None:
    board = targets.load_board("mps3_an547")
    m55 = dataclasses.replace(GOOD_M4, identity=0x411FD221, mvfr1=0x12100211)
    assert texts(interpret(m55, board, 1, True)) == ["Cortex-M55 built without MVE"]
    built = dataclasses.replace(m55, first=m55.first | 0x200)
    assert not interpret(built, board, 1, True).warnings


def test_riscv() -> None:
    said = dataclasses.replace(
        GOOD_M4, first=3 | 0x800, identity=0x40101104, ccr=0x612, clidr=0x80000001, cycles=156_250
    )
    found = of(dataclasses.replace(said, ticks=15_625), RISCV, 16_000_000)
    assert found.core == "RV32IMC"
    assert found.clock_hz == pytest.approx(160e6)
    assert not found.warnings
    assert not found.caches  # marchid is no CLIDR
    slow = dataclasses.replace(said, first=3, ticks=15_625)
    assert texts(of(slow, RISCV, 16_000_000)) == ["RV32IMC built without multiplication"]


def test_an_emulator_is_not_blamed_for_what_it_lacks() -> None:
    """No clock, no caches, and an ID register that denies the core's own instructions."""
    said = dataclasses.replace(GOOD_M4, cache=0, cycles=40, ticks=20, isar3=0x01111110)
    found = interpret(said, M4, 16_000_000, emulated=True)
    assert not found.warnings
    assert (found.clock_hz, found.caches) == (None, {})
    assert "not known, emulated" in found.line()


def words(said: System) -> bytes:
    return struct.pack("<11I", *list(dataclasses.astuple(said))[:11])


def test_a_device_is_asked() -> None:
    line = FakeDevice()
    with Device(Link("fake"), line) as device:
        assert read_system(device, M4) is None  # this computer's console
        line.system = words(dataclasses.replace(GOOD_M4, cache=0))
        report = read_system(device, M4)
    assert report is not None
    assert (report.compiler, report.flags) == ("12.2.1 20221205", "-mcpu=core -O2 -g")
    assert any("disabled" in text for text in texts(report))


def test_a_short_answer_is_refused() -> None:
    with pytest.raises(protocol.ProtocolError, match="too short"):
        protocol.parse_system(bytes(43))

"""The console on every emulated board: the image that a real board would run."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Iterator

import pytest

from edgekit import emulators, targets
from edgekit.errors import DeviceError
from edgekit.harness import measure
from edgekit.harness.session import Device
from edgekit.harness.system import Unit, read_system
from edgekit.targets import Target
from tests.support import tiny
from tests.support.lines import read_until
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

EMULATED = [t.board.name for t in targets.all_boards() if t.board.emulator]


@pytest.fixture(params=EMULATED)
def target(request: pytest.FixtureRequest) -> Target:
    found = targets.load_board(request.param)
    needs_emulator(found)
    return found


def connected(target: Target, model: str, *, count: bool) -> Iterator[Device]:
    elf = tiny.firmware(target.board.name, model).elf
    with emulators.running(elf, target, count=count) as link, Device(link) as device:
        yield device


@pytest.fixture
def device(target: Target) -> Iterator[Device]:
    yield from connected(target, "tiny", count=False)


@pytest.fixture
def counting(target: Target) -> Iterator[Device]:
    yield from connected(target, "tiny", count=True)


@pytest.fixture
def probe(target: Target) -> Iterator[Device]:
    yield from connected(target, "probe", count=True)


def test_it_computes_what_the_host_does(device: Device) -> None:
    hello = device.expect(tiny.BUILD_ID)
    assert (hello.model, hello.ops, hello.arena_bytes) == ("tiny", 2, 1216)
    for seed in range(5):
        data = tiny.random_input(seed)
        outputs = tiny.op_outputs(data)
        device.write_inputs([data])
        device.invoke()
        assert device.read_output() == outputs[1]
        assert [t.crc32 for t in device.trace()] == [zlib.crc32(o) for o in outputs]
        assert [device.read_op_output(i) for i in range(2)] == outputs


def test_it_says_what_it_runs_on(device: Device, target: Target) -> None:
    """Nothing is claimed that an emulator can't know, and no emulated board is blamed."""
    said = device.system()
    assert said.ticks > 0
    report = read_system(device, target)
    assert report is not None
    assert report.emulated
    assert not report.warnings
    assert (report.clock_hz, report.caches) == (None, {})
    assert report.core.startswith(target.core.title if target.core.part else "RV32IMA")
    used = {"dsp": "DSP", "fpu": "FPU", "mve": "MVE"}
    for feature, name in used.items():
        unit = report.units.get(name, Unit(False, False, False))
        assert unit.built == (feature in target.core.features)
        assert unit.enabled or not unit.built
    assert report.flags == f"{' '.join(target.core.flags)} -O2 -g"


def test_bulk_transfer(device: Device) -> None:
    """Bytes go both ways undamaged and in reasonable time: a lost wake-up would show here."""
    started = time.monotonic()
    for seed in range(40):
        data = tiny.random_input(seed)
        device.write_inputs([data])
        assert device.read_op_output(0) == tiny.op_outputs(data)[0]
    assert time.monotonic() - started < 60


# A timer that wraps inside of the window interrupts it for a few instructions.
WRAP = 20


def test_instructions_of_a_loop_of_known_length(probe: Device) -> None:
    def count(turns: int) -> int:
        probe.write_inputs([struct.pack("<II", turns, 0)])
        found = probe.invoke().instructions
        assert found is not None
        return found

    few, many = count(1_000), count(1_001_000)
    assert abs(many - few - 2_000_000) <= WRAP  # two instructions a turn
    assert few - 2_000 < 150  # the calls around it, copying a word twice
    assert abs(count(1_001_000) - many) <= WRAP


def test_bench(counting: Device, target: Target) -> None:
    data = tiny.random_input(1)
    found = measure.bench(counting, target, [data], runs=3)
    assert found.where == "emulator"
    assert found.latency_us is None
    assert found.instructions is not None
    assert 600 * 5 < found.instructions < 600 * 30
    per_op = sum(op.instructions or 0 for op in found.ops)
    assert abs(per_op - found.instructions) < 100
    assert found.stack_bytes is not None
    assert 200 <= found.stack_bytes < 400  # one op alone has an array of 200


def test_mlperf_conversation(device: Device, target: Target) -> None:
    data = tiny.random_input(3)
    assert device.command("name") == [f"m-name-dut-[{target.board.name}]"]
    assert device.command("profile")[1] == "m-model-[tiny]"
    lines = device.command("db load 600")
    for at in range(0, 600, 31):
        lines += device.command(f"db {data[at : at + 31].hex()}")
    assert lines == ["m-[Expecting 600 bytes]", "m-load-done"]
    lines = device.command("infer 5 1")
    assert [line.rstrip("0123456789") for line in lines[:6]] == [
        "m-warmup-start-",
        "m-warmup-done",
        "m-infer-start-",
        "m-lap-us-",
        "m-lap-us-",
        "m-infer-done",
    ]
    first = (tiny.op_outputs(data)[1][0] + 128) % 256 * 0.0078125
    assert float(lines[6].removeprefix("m-results-[").split(",")[0]) == pytest.approx(
        first, abs=0.0006
    )


def test_eight_pasted_commands_give_eight_answers(target: Target) -> None:
    elf = tiny.firmware(target.board.name).elf
    with emulators.running(elf, target, count=False) as link:
        answers = f"m-name-dut-[{target.board.name}]\r\nm-ready\r\n".encode() * 8
        boot, said = read_until(link.url, b"m-ready\r\n", b"name%" * 8, answers)
    assert boot.startswith(b"m-timestamp-mode-performance\r\n")
    assert said == answers


# How each kind of core calls an instruction that there is not.
UNDEFINED = {"thumb1": "HardFault", "thumb2": "cfsr 0x00010000", "rv32": "IllegalInstruction"}


@pytest.mark.parametrize(("mode", "words"), [(1, " pc 0x"), (2, "stack overflow"), (3, "")])
def test_faults_are_reported(probe: Device, target: Target, mode: int, words: str) -> None:
    words = words or next(UNDEFINED[f] for f in target.core.features if f in UNDEFINED)
    probe.write_inputs([struct.pack("<II", 1, mode)])
    with pytest.raises(DeviceError, match="the firmware stopped: e-") as caught:
        probe.invoke()
    assert words in caught.value.message


def test_the_clock_survives_a_turn_of_the_counter(target: Target) -> None:
    """Asleep for longer than the 32-bit counter lasts, where the emulator's turns fast enough.

    For one turn only: QEMU's model of one of the timers interrupts no second time.
    """
    assert target.board.emulator is not None
    turn_s = 2**32 / target.board.emulator.timer_hz
    if turn_s > 10:
        pytest.skip(f"the counter takes {turn_s:.0f} s to turn")
    if "rv32" in target.core.features:
        pytest.skip("the emulator's counter is this computer's own unless it counts instructions")
    for device in connected(target, "tiny", count=False):
        hz = device.hello().tick_hz

        def ticks(device: Device = device, hz: int = hz) -> float:
            return int(device.command("timestamp")[0].removeprefix("m-lap-us-")) * hz / 1e6

        started, before = time.monotonic(), ticks()
        time.sleep(1.5 * turn_s)
        passed_s = (ticks() - before) / target.board.emulator.timer_hz
        assert passed_s == pytest.approx(time.monotonic() - started, rel=0.1)

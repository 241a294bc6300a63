from __future__ import annotations

import socket
import struct
import time
import zlib

import pytest

from edgekit.emulators import Link, host
from edgekit.errors import DeviceError
from edgekit.harness import protocol
from edgekit.harness.protocol import Request
from edgekit.harness.session import Device
from edgekit.targets import Target, load_board
from edgekit.transports import open_link
from tests.support.lines import FakeDevice, FaultyLine
from tests.support.tiny import BUILD_ID, firmware, op_outputs, random_input

NOWHERE = Link("memory")
BOARD = "mps2_an386"


def fake(line: FakeDevice | FaultyLine | None = None, **limits: float) -> Device:
    return Device(NOWHERE, line or FakeDevice(), **limits)


def check_everything(device: Device, seed: int) -> None:
    data = random_input(seed)
    outputs = op_outputs(data)
    device.write_inputs([data])
    device.invoke()
    assert device.read_output(0) == outputs[1]
    assert [(t.crc32, t.bytes) for t in device.trace()] == [
        (zlib.crc32(o), len(o)) for o in outputs
    ]
    assert [device.read_op_output(i) for i in (1, 0)] == [outputs[1], outputs[0]]


def test_a_good_line_needs_each_request_once() -> None:
    line = FakeDevice()
    with fake(line) as device:
        assert device.hello().build_id == BUILD_ID
        check_everything(device, 1)
    assert line.closed
    assert line.requests.count(Request.HELLO) == 1
    assert line.requests.count(Request.WRITE_INPUT) == 3
    assert line.requests.count(Request.INVOKE) == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_line_costs_time_only(seed: int) -> None:
    line = FaultyLine(FakeDevice(), seed, 0.002)
    with fake(line, retry_s=0.002) as device:
        check_everything(device, seed)
    assert line.faults > 0


def test_a_board_that_was_still_starting_is_asked_again_at_once() -> None:
    line = FakeDevice()
    listening = line.write

    def deaf(data: bytes, /) -> int:
        line.write = listening  # type: ignore[method-assign] # from the next request on
        line.reset()
        return len(data)

    line.write = deaf  # type: ignore[method-assign] # it starts while the first one comes in
    started = time.monotonic()
    with fake(line, retry_s=5.0) as device:
        assert device.hello().build_id == BUILD_ID
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("sanitize", [False, True])
def test_both_ends_resynchronise(sanitize: bool) -> None:
    """The firmware's own C at the other end of a line that harms both directions."""
    elf = firmware(BOARD, host=True, sanitize=sanitize).elf
    faults = 0
    with host.running(elf, load_board(BOARD)) as link:
        line = FaultyLine(open_link(link.url, 115200), 7, 0.002)
        with Device(link, line, retry_s=0.02) as device:
            for seed in range(10):
                check_everything(device, seed)
        faults = line.faults
    assert faults > 20


def test_the_host_build_answers() -> None:
    elf = firmware(BOARD, host=True).elf
    with host.running(elf, load_board(BOARD)) as link, Device(link) as device:
        check_everything(device, 3)
        assert device.stack_bytes() is None
        timing = device.invoke()
        assert (timing.instructions, timing.latency_us) == (None, None)
        with pytest.raises(DeviceError, match="refuses RUN_TO: RANGE"):
            device.read_op_output(2)
        with pytest.raises(DeviceError, match="refuses READ_OUTPUT: RANGE"):
            device.read_output(1)


def test_refusals_of_the_firmware() -> None:
    elf = firmware(BOARD, host=True).elf
    with host.running(elf, load_board(BOARD)) as link, Device(link) as device:
        device.write_inputs([random_input(0)])
        for kind, payload, status in (
            (Request.WRITE_INPUT, b"\0\0\0", "LENGTH"),
            (Request.WRITE_INPUT, struct.pack("<I", 600) + b"x", "RANGE"),
            (Request.WRITE_INPUT, struct.pack("<I", 2**32 - 1) + b"xy", "RANGE"),
            (Request.INVOKE, b"x", "LENGTH"),
            (Request.READ_OUTPUT, b"\0\0", "LENGTH"),
            (Request.READ_OUTPUT, struct.pack("<HI", 0, 7), "RANGE"),
            (Request.READ_OP_OUTPUT, struct.pack("<HI", 0, 0), "ORDER"),
            (Request.READ_OP_OUTPUT, struct.pack("<HI", 2, 0), "RANGE"),
            (Request.TRACE, struct.pack("<H", 2), "RANGE"),
            (Request.STACK, b"", "can't do"),
        ):
            with pytest.raises(DeviceError, match=status):
                device._asker.request(kind, payload)


def test_trace_pages_may_come_in_any_order() -> None:
    elf = firmware(BOARD, host=True).elf
    data = random_input(9)
    with host.running(elf, load_board(BOARD)) as link, Device(link) as device:
        device.write_inputs([data])
        page = device._asker.request(Request.TRACE, struct.pack("<H", 1))
        assert protocol.parse_trace(page)[0].crc32 == zlib.crc32(op_outputs(data)[1])
        page = device._asker.request(Request.TRACE, struct.pack("<H", 0))
        assert len(protocol.parse_trace(page)) == 2


def test_a_repeated_request_is_not_run_again() -> None:
    """A host that asks again while the device is busy must not cost another inference."""
    elf = firmware(BOARD, host=True).elf
    with host.running(elf, load_board(BOARD)) as link:
        line = open_link(link.url, 115200)
        splitter = protocol.Splitter()
        line.timeout = 1.0
        line.write(protocol.encode(Request.INVOKE, 5) * 3)
        frames: list[protocol.Frame] = []
        while len(frames) < 3:
            data = line.read(1)
            assert data, "no answer"
            frames += [f for f in splitter.feed(data) if isinstance(f, protocol.Frame)]
        line.close()
    # Three inferences would hardly take the same number of 100 ns ticks, and do not here.
    assert frames[0] == frames[1] == frames[2]


def test_a_wrong_build_is_refused() -> None:
    with fake() as device:
        assert device.expect(BUILD_ID).model == "tiny"
        with pytest.raises(DeviceError, match="runs the build 0123456789abcdef") as caught:
            device.expect("f" * 16)
        assert "edgekit flash" in caught.value.hint


def test_another_protocol_version_is_refused() -> None:
    with fake(FakeDevice(version=9)) as device, pytest.raises(DeviceError, match="protocol 9"):
        device.hello()


def test_wrong_input_sizes_are_refused() -> None:
    with fake() as device:
        for inputs in ([bytes(599)], [bytes(300), bytes(300)], []):
            with pytest.raises(DeviceError, match="600 bytes"):
                device.write_inputs(inputs)


def test_a_fault_ends_the_session() -> None:
    line = FakeDevice()
    line.say(b"\r\ne-[Fault: HardFault pc 0x08000000]\r\n")
    with fake(line) as device, pytest.raises(DeviceError, match=r"stopped: e-\[Fault: HardFault"):
        device.hello()


def test_a_board_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"socket://127.0.0.1:{silent.getsockname()[1]}"
        with Device(Link(url), quick_s=0.3, retry_s=0.1) as device:
            with pytest.raises(DeviceError, match=r"does not answer HELLO within 0.3 s") as caught:
                device.hello()
            assert "is it powered" in caught.value.hint


def test_a_line_that_breaks() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with Device(Link(url, emulated=True)) as device:
            server.accept()[0].close()
            with pytest.raises(DeviceError, match="broke"):
                device.hello()


def test_a_port_that_is_not_there() -> None:
    with (
        pytest.raises(DeviceError, match="/dev/nothing-here") as caught,
        Device(Link("/dev/nothing-here")),
    ):
        pass
    assert "edgekit ports" in caught.value.hint


@pytest.mark.parametrize("emulated", [False, True])
def test_latency_is_claimed_of_real_boards_only(emulated: bool, any_target: Target) -> None:
    link = Link("memory", emulated=emulated, instructions_per_tick=2.0 if emulated else None)
    with Device(link, FakeDevice()) as device:
        timing = device.invoke()
    assert timing.latency_us == (None if emulated else 100_000.0)
    assert timing.instructions == (200 if emulated else None)

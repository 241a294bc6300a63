"""Lines that lose, boards that start anew, ports that come and go: no data is lost or mixed."""

from __future__ import annotations

import random
import zlib

import pytest

from edgekit.emulators import Link, host
from edgekit.errors import DeviceError
from edgekit.harness._wire import LostError
from edgekit.harness.protocol import Request
from edgekit.harness.session import Device
from edgekit.targets import load_board
from edgekit.transports import open_link
from tests.support.lines import FakeDevice
from tests.support.tiny import firmware, op_outputs, random_input
from tests.support.trouble import Trouble

NOWHERE = Link("memory")
BOARD = "mps2_an386"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgekit.harness._wire._AGAIN_S", 0.001)


def session(trouble: Trouble) -> Device:
    device = Device(NOWHERE, reopen=trouble.open, retry_s=0.001, quick_s=60.0)
    device._asker._seq = 0  # it begins anywhere: here every run is the same to the last byte
    return device


def use(device: Device, seed: int) -> None:
    """A round of everything, whose every answer depends on the round's own input."""
    data = random_input(seed)
    outputs = op_outputs(data)
    device.write_inputs([data])
    assert device.invoke().ticks == 100
    assert device.read_output(0) == outputs[1]
    assert [t.crc32 for t in device.trace()] == [zlib.crc32(o) for o in outputs]
    assert device.read_op_output(0) == outputs[0]
    assert device.read_op_output(1) == outputs[1]


@pytest.mark.parametrize(
    ("faults", "least"),
    [
        ({"bytes_rate": 0.0005}, {"lost": 50, "changed": 50, "doubled": 50, "noise": 50}),
        ({"reset": 0.01}, {"reset before": 20, "reset behind": 20}),
        ({"vanish": 0.02}, {"unplugged": 50}),
        ({"slow": 0.05}, {"slow": 100}),
        (
            {"bytes_rate": 0.0003, "reset": 0.003, "vanish": 0.005, "slow": 0.01},
            {"lost": 20, "reset before": 5, "reset behind": 5, "unplugged": 10, "slow": 20},
        ),
    ],
    ids=["bytes", "resets", "vanishing", "slow", "all"],
)
def test_ten_thousand_transfers(faults: dict[str, float], least: dict[str, int]) -> None:
    line = FakeDevice()
    trouble = Trouble(line, 11, **faults)  # type: ignore[arg-type] # floats only
    rounds = 0
    with session(trouble) as device:
        while len(line.requests) < 10_000:
            use(device, rounds)
            rounds += 1
        assert (device.resets > 0) == ("reset" in faults)
    for name, count in least.items():
        assert trouble.happened[name] >= count, trouble.happened


def test_a_reset_between_two_pieces_of_the_input_does_not_mix_old_and_new() -> None:
    """The first piece is gone, the second arrives: half of the input would be zeros."""
    line = FakeDevice()
    data = random_input(3)
    with Device(NOWHERE, line) as device:
        device.hello()
        plain = line.write

        def write(frame: bytes) -> int:
            count = plain(frame)
            if line.requests.count(Request.WRITE_INPUT) == 2:
                line.write = plain  # type: ignore[method-assign] # as it was
                line.reset()
            return count

        line.write = write  # type: ignore[method-assign] # once
        device.write_inputs([data])
        device.invoke()
        assert device.read_output() == op_outputs(data)[1]
        assert device.resets == 1


@pytest.mark.parametrize("when", [Request.INVOKE, Request.READ_OUTPUT, Request.RUN_TO])
def test_a_reset_behind_any_step_is_found(when: Request) -> None:
    line = FakeDevice()
    data = bytes(600)  # as after a reset: the count alone tells
    with Device(NOWHERE, line) as device:
        plain = line.write

        def write(frame: bytes) -> int:
            count = plain(frame)
            if line.requests[-1] is when:
                line.write = plain  # type: ignore[method-assign] # as it was
                line.reset()
            return count

        line.write = write  # type: ignore[method-assign] # once
        device.write_inputs([data])
        device.invoke()
        device.read_output()
        device.read_op_output(0)
        assert device.resets == 1


def test_a_board_that_keeps_starting_anew_is_given_up() -> None:
    trouble = Trouble(FakeDevice(), 1, reset=1.0)
    with session(trouble) as device:
        device.write_inputs([random_input(0)])
        with pytest.raises(DeviceError, match="keeps starting anew: 5 times"):
            device.invoke()


def test_a_port_that_does_not_come_back() -> None:
    trouble = Trouble(FakeDevice(), 1, absent=10**9)
    with Device(NOWHERE, reopen=trouble.open, retry_s=0.001, gone_s=0.05) as device:
        device.hello()
        trouble.vanish = 1.0
        with pytest.raises(LostError, match="broke"):
            device.invoke()


def test_another_board_that_comes_back_is_refused() -> None:
    line = FakeDevice()
    with Device(NOWHERE, line) as device:
        device.write_inputs([random_input(0)])
        line.reset()
        line.build_id = "f" * 16
        with pytest.raises(DeviceError, match="came back as another one: build ffff"):
            device.invoke()


def test_the_firmware_itself_is_killed_and_started_again() -> None:
    """Its own C; each time it comes back on another port, with nothing in its memory."""
    target = load_board(BOARD)
    elf = firmware(BOARD, host=True).elf
    dice = random.Random(5)
    running = host.running(elf, target)
    url = running.__enter__().url
    starts = 1
    with Device(NOWHERE, reopen=lambda: open_link(url, 115200), retry_s=0.02) as device:
        plain = device._wire.write

        def write(frame: bytes) -> None:
            nonlocal running, url, starts
            if starts < 8 and dice.random() < 0.05:
                running.__exit__(None, None, None)
                running = host.running(elf, target)
                url, starts = running.__enter__().url, starts + 1
            plain(frame)

        device._wire.write = write  # type: ignore[method-assign] # the power fails now and then
        for seed in range(12):
            data = random_input(seed)
            outputs = op_outputs(data)
            device.write_inputs([data])
            device.invoke()
            assert device.read_output(0) == outputs[1]
            assert [t.crc32 for t in device.trace()] == [zlib.crc32(o) for o in outputs]
            assert device.read_op_output(0) == outputs[0]
        assert starts == 8
        assert device.resets >= 4
    running.__exit__(None, None, None)

"""Every emulated board: it answers, transfers arrive, and its counter counts instructions."""

from __future__ import annotations

import struct

import pytest

from edgekit import emulators, targets
from edgekit.errors import DeviceError
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support import tiny
from tests.support.tools import needs_emulator

BOARDS = [t.board.name for t in targets.all_boards() if t.board.emulator]

pytestmark = pytest.mark.emulated


@pytest.fixture(params=BOARDS)
def target(request: pytest.FixtureRequest) -> Target:
    found = targets.load_board(request.param)
    needs_emulator(found)
    return found


def test_it_computes_what_it_is_sent(target: Target) -> None:
    elf = tiny.firmware(target.board.name).elf
    with emulators.running(elf, target, count=False) as link, Device(link) as device:
        assert device.hello().build_id == tiny.BUILD_ID
        for seed in range(12):
            data = tiny.random_input(seed)
            device.write_inputs([data])
            device.invoke()
            assert device.read_output(0) == tiny.op_outputs(data)[1]
            assert device.read_op_output(0) == tiny.op_outputs(data)[0]
        stack = device.stack_bytes()
        assert stack is not None
        assert 150 < stack < 500  # an op has an array of 200 bytes


def test_its_counter_counts_instructions(target: Target) -> None:
    """Against a loop of two instructions; what surrounds it costs the same each time."""
    elf = tiny.firmware(target.board.name, "probe").elf
    with emulators.running(elf, target, count=True) as link, Device(link) as device:
        counts = {}
        for turns in (1_000, 10_000, 1_000_000):
            device.write_inputs([struct.pack("<II", turns, 0)])
            counts[turns] = device.invoke().instructions or 0
    for turns, count in counts.items():
        assert abs((count - counts[1_000]) - 2 * (turns - 1_000)) <= 2
    assert 2_000 < counts[1_000] < 2_200


@pytest.mark.parametrize(("fault", "says"), [(1, "Fault"), (2, "stack overflow"), (3, "Fault")])
def test_it_says_what_stopped_it(target: Target, fault: int, says: str) -> None:
    elf = tiny.firmware(target.board.name, "probe").elf
    with emulators.running(elf, target, count=False) as link, Device(link) as device:
        device.write_inputs([struct.pack("<II", 1, fault)])
        with pytest.raises(DeviceError, match=rf"e-\[Fault: .*{says}|e-\[{says}"):
            device.invoke()

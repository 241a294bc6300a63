"""Images of boards that nothing emulates, in an emulator of a chip of the same family.

The related chip has the same core, the same memories as far as the image needs them, and its UART
at the same address; its clocks read as dead, so that the firmware falls back to the slow one. What
is proven beyond tests/targets/test_images.py: interrupts, sleep and the timer.
"""

from __future__ import annotations

import dataclasses
import zlib

import pytest

from edgekit import emulators, targets
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support import tiny
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

#: (board, emulated board of a related chip, the UART's place among the emulator's serial ports)
RELATED = [("nucleo_f446re", "netduino_plus_2", 1)]


@pytest.fixture(params=RELATED, ids=lambda related: f"{related[0]} as {related[1]}")
def target(request: pytest.FixtureRequest) -> Target:
    name, other, port = request.param
    found, related = targets.load_board(name), targets.load_board(other)
    spec = related.board.emulator
    assert spec is not None
    assert (found.core, found.soc.memory("ram")) == (related.core, related.soc.memory("ram"))
    spec = dataclasses.replace(spec, options=("-serial", "null") * port)
    board = Target(dataclasses.replace(found.board, emulator=spec), found.soc)
    needs_emulator(board)
    return board


def test_it_talks_and_computes(target: Target) -> None:
    elf = tiny.firmware(target.board.name).elf
    with emulators.running(elf, target, count=False) as link, Device(link) as device:
        assert device.expect(tiny.BUILD_ID).tick_hz == 16_000_000
        for seed in range(5):
            data = tiny.random_input(seed)
            outputs = tiny.op_outputs(data)
            device.write_inputs([data])
            device.invoke()
            assert device.read_output() == outputs[1]
            assert [t.crc32 for t in device.trace()] == [zlib.crc32(o) for o in outputs]

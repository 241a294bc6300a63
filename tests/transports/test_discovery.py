"""Ports and the boards behind them, by USB ids and serial numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from edgekit import targets
from edgekit.errors import DeviceError
from edgekit.targets import Target
from edgekit.transports.discovery import port_of, ports

MICROBIT = (0x0D28, 0x0204)


def plugged(device: str, usb_id: tuple[int, int] | None, serial_number: str = "") -> ListPortInfo:
    port = ListPortInfo(device)
    port.description = "a port"
    if usb_id is not None:
        port.vid, port.pid = usb_id
        port.serial_number = serial_number
    return port


def board() -> Target:
    target = targets.all_boards()[0]
    return replace(target, board=replace(target.board, name="mine", usb_ids=(MICROBIT,)))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> list[ListPortInfo]:
    there: list[ListPortInfo] = []
    monkeypatch.setattr(list_ports, "comports", lambda: there)
    return there


def test_ports_name_their_boards(bus: list[ListPortInfo]) -> None:
    bus += [plugged("/dev/ttyS0", None), plugged("/dev/ttyACM1", MICROBIT, "9901")]
    first, second = ports()
    assert (first.device, first.serial_number, first.usb_id) == ("/dev/ttyACM1", "9901", MICROBIT)
    assert "microbit" in first.boards
    assert (second.device, second.usb_id, second.boards) == ("/dev/ttyS0", None, ())


def test_the_port_of_a_board(bus: list[ListPortInfo]) -> None:
    assert port_of(board()) is None
    bus += [plugged("/dev/ttyS0", None), plugged("/dev/ttyUSB0", (1, 2), "5")]
    assert port_of(board()) is None
    bus.append(plugged("/dev/ttyACM0", MICROBIT, "99AB"))
    assert port_of(board()) == "/dev/ttyACM0"


def test_two_of_a_kind_are_told_apart(bus: list[ListPortInfo]) -> None:
    bus += [plugged("/dev/ttyACM0", MICROBIT, "99AB"), plugged("/dev/ttyACM1", MICROBIT, "99CD")]
    with pytest.raises(DeviceError, match=r"ttyACM0 \(serial number 99AB\).*ttyACM1") as caught:
        port_of(board())
    assert "--probe" in caught.value.hint
    assert port_of(board(), "99cd") == "/dev/ttyACM1"
    assert port_of(board(), "00") is None

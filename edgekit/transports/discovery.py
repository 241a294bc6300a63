"""The serial ports that are there, and the boards that are behind them, by their USB ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit import targets
from edgekit.errors import DeviceError
from edgekit.targets import Target


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port.

    Attributes:
        device: what to open, e.g. `/dev/ttyACM0`.
        description: the system's words.
        usb_id: (vendor, product); None where it is not on USB.
        serial_number: the USB device's; tells two of a kind apart.
        boards: names of the boards that have such a device.
    """

    device: str
    description: str
    usb_id: tuple[int, int] | None
    serial_number: str | None
    boards: tuple[str, ...]


def ports(boards: Sequence[Target] | None = None) -> list[Port]:
    """Every serial port, sorted by device."""
    from serial.tools import list_ports

    known: dict[tuple[int, int], list[str]] = {}
    for target in targets.all_boards() if boards is None else boards:
        for each in target.board.usb_ids:
            known.setdefault(each, []).append(target.board.name)
    found = []
    for port in sorted(list_ports.comports()):
        usb_id = None if port.vid is None or port.pid is None else (port.vid, port.pid)
        names = tuple(known.get(usb_id, ())) if usb_id else ()
        found.append(Port(port.device, port.description, usb_id, port.serial_number, names))
    return found


def port_of(target: Target, serial_number: str | None = None) -> str | None:
    """The port of a board's console; None where none is recognised.

    Args:
        target: the board.
        serial_number: of its USB device or probe, where two of a kind are plugged in.

    Raises:
        DeviceError: several fit.
    """
    found = [p for p in ports([target]) if p.boards]
    if serial_number is not None:
        found = [p for p in found if (p.serial_number or "").lower() == serial_number.lower()]
    if len(found) > 1:
        them = ", ".join(f"{p.device} (serial number {p.serial_number})" for p in found)
        raise DeviceError(
            f"several ports may be of {target.board.title}: {them}",
            "name one by --port PORT, or by --probe SERIAL",
        )
    return found[0].device if found else None

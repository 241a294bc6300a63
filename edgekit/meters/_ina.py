"""What Texas Instruments' current monitors with I2C have in common.

They sit on a bus of the host: `/dev/i2c-N`, which Linux also offers for USB bridges that it has a
driver for (MCP2221, CP2112, i2c-tiny-usb). On the board's own bus they would be read by the very
program that is measured, so that is not offered.

The chip averages in hardware from one result to the next, without a gap, so that a whole run's
energy is right though an inference may be shorter than a result. It has no input for the marker.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from edgekit.errors import InputError
from edgekit.meters._model import Accuracy, Capture, MeterError, Settings, checked, package
from edgekit.meters._reader import Reader

_FIRST_S = 1.0


class Bus(Protocol):
    """An I2C bus, as the package smbus2 has it."""

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        """Bytes of a register, most significant first."""

    def write_i2c_block_data(self, address: int, register: int, data: list[int]) -> None:
        """Write a register."""

    def close(self) -> None:
        """Close the bus."""


class Registers:
    """The registers of one chip on a bus."""

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self._address = address

    def read(self, register: int, size: int, *, signed: bool = False) -> int:
        """A register of `size` bytes."""
        data = self._bus.read_i2c_block_data(self._address, register, size)
        return int.from_bytes(bytes(data), "big", signed=signed)

    def write(self, register: int, value: int) -> None:
        """A register of two bytes."""
        self._bus.write_i2c_block_data(self._address, register, list(value.to_bytes(2, "big")))


class Chip(Protocol):
    """What differs from one chip to the next; a module of this package each."""

    TITLE: str
    GAIN: float
    OFFSET_V: float
    SOURCE: str
    PERIOD_S: float
    SHUNT_RANGE_V: float

    def identify(self, registers: Registers) -> str:
        """What is wrong with the chip's identification; empty if it is right."""

    def configure(self, registers: Registers) -> None:
        """Set it to average without a gap."""

    def read(self, registers: Registers) -> tuple[float, float] | None:
        """Volts at the shunt and at the bus; None where there is no new result yet."""


@dataclass(frozen=True, slots=True)
class _Place:
    bus: int
    address: int


class Ina:
    """A current monitor."""

    def __init__(self, chip: Chip, where: str, settings: Settings) -> None:
        self._chip = chip
        self._place = _parse(where, chip.TITLE)
        if settings.shunt_ohm is None or settings.shunt_ohm <= 0:
            raise MeterError(f"the {chip.TITLE} needs to know its shunt", "e.g. --shunt 0.1 (ohms)")
        self._shunt = settings.shunt_ohm
        self._bus: Bus | None = None
        self._reader: Reader | None = None
        self._rows: list[tuple[float, float, float]] = []

    @property
    def title(self) -> str:
        """The chip's name."""
        return self._chip.TITLE

    @property
    def accuracy(self) -> Accuracy:
        """The chip's; the shunt's own tolerance comes on top, and is not known here."""
        return Accuracy(
            self._chip.GAIN,
            self._chip.OFFSET_V / self._shunt,
            f"{self._chip.SOURCE}; without the shunt's tolerance",
        )

    def __enter__(self) -> Ina:
        """Open the bus, make sure that the chip is there, and configure it.

        Raises:
            MeterError: no such bus, no such chip.
        """
        library: Any = package("smbus2", self.title, "i2c")
        try:
            self._bus = library.SMBus(self._place.bus)
            registers = self._registers()
            problem = self._chip.identify(registers)
            if not problem:
                self._chip.configure(registers)
        except OSError as error:
            self._close()
            raise MeterError(
                f"no {self.title} answers at /dev/i2c-{self._place.bus}, address "
                f"{self._place.address:#04x}: {error}",
                "`i2cdetect -y BUS` lists what is there",
            ) from error
        if problem:
            self._close()
            raise MeterError(
                f"what answers at {self._place.address:#04x} is no {self.title}: {problem}"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.end()
            self._reader = None
        self._close()

    def start(self) -> None:
        """Begin to sample."""
        self._rows.clear()
        self._reader = Reader(self._take, "ina")
        self._reader.start()
        deadline = time.monotonic() + _FIRST_S
        while not self._rows and time.monotonic() < deadline:
            time.sleep(0.001)

    def stop(self) -> Capture:
        """End sampling.

        Raises:
            MeterError: the chip is gone, or its range was exceeded.
        """
        assert self._reader is not None  # start came first
        reader, self._reader = self._reader, None
        try:
            reader.stop()
        except OSError as error:
            raise MeterError(f"the {self.title} is gone: {error}") from error
        rows = np.asarray(self._rows, np.float64).reshape(-1, 3)
        if len(rows) and np.abs(rows[:, 1]).max() >= self._chip.SHUNT_RANGE_V:
            raise MeterError(
                f"the current is beyond the {self.title}'s range of "
                f"{self._chip.SHUNT_RANGE_V / self._shunt * 1000:.0f} mA with this shunt",
                "take a smaller shunt",
            )
        # A result stands for the time before it: its middle is half a period earlier.
        times = rows[:, 0] - self._chip.PERIOD_S / 2
        origin = times[0] if len(times) else 0.0
        return checked(Capture(times - origin, rows[:, 1] / self._shunt, rows[:, 2]), self.title)

    def _registers(self) -> Registers:
        assert self._bus is not None  # the block is entered
        return Registers(self._bus, self._place.address)

    def _take(self) -> None:
        found = self._chip.read(self._registers())
        if found is None:
            time.sleep(self._chip.PERIOD_S / 20)
            return
        self._rows.append((time.monotonic(), *found))

    def _close(self) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None


def _parse(where: str, title: str) -> _Place:
    """`BUS` or `BUS@ADDRESS`: 1, /dev/i2c-1, 1@0x41.

    Raises:
        InputError: it is neither.
    """
    bus, _, address = where.partition("@")
    try:
        place = _Place(int(bus.removeprefix("/dev/i2c-") or "1"), int(address or "0x40", 0))
    except ValueError:
        place = _Place(-1, -1)
    if place.bus < 0 or not 0x40 <= place.address <= 0x4F:
        raise InputError(
            f"{where!r} is no place of an {title}",
            "give the bus and, unless it is 0x40, the address (0x40 to 0x4f): ina226:1@0x41",
        )
    return place

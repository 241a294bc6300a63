"""TI's INA226 on an I2C bus: 16 bits, 220 results a second.

`ina226:BUS` or `ina226:BUS@ADDRESS`, with `--shunt OHMS`.
"""

from __future__ import annotations

import sys
from typing import cast

from edgekit.meters._ina import Chip, Ina, Registers
from edgekit.meters._model import Settings

TITLE = "INA226"
GAIN = 0.001
OFFSET_V = 10e-6
SOURCE = "TI SBOS547: gain error 0.1 %, offset 10 µV at most"
#: Sixteen averages of 140 µs for the shunt and 140 µs for the bus.
PERIOD_S = 16 * 2 * 140e-6
SHUNT_RANGE_V = 0.0819

_CONFIG, _SHUNT, _BUS, _MASK, _MAKER, _DIE = 0x00, 0x01, 0x02, 0x06, 0xFE, 0xFF
# Bit 14 reads as 1; 16 averages, 140 µs for both, both continuously.
_SETTING = 1 << 14 | 0b010 << 9 | 0b000 << 6 | 0b000 << 3 | 0b111
_READY = 8


def identify(registers: Registers) -> str:
    """TI's number and the die's."""
    maker, die = registers.read(_MAKER, 2), registers.read(_DIE, 2)
    if (maker, die >> 4) == (0x5449, 0x226):
        return ""
    return f"it says {maker:#06x}, {die:#06x}"


def configure(registers: Registers) -> None:
    """Average without a gap."""
    registers.write(_CONFIG, _SETTING)


def read(registers: Registers) -> tuple[float, float] | None:
    """Volts at the shunt (2.5 µV a step) and at the bus (1.25 mV a step)."""
    if not registers.read(_MASK, 2) & _READY:  # reading clears it
        return None
    shunt = registers.read(_SHUNT, 2, signed=True)
    return shunt * 2.5e-6, registers.read(_BUS, 2) * 1.25e-3


def open_meter(where: str, settings: Settings) -> Ina:
    """An INA226.

    Raises:
        InputError: `where` is no bus and address.
        MeterError: the shunt was not given.
    """
    return Ina(cast("Chip", sys.modules[__name__]), where, settings)

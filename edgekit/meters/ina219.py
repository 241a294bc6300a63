"""TI's INA219 on an I2C bus: 12 bits, 120 results a second.

`ina219:BUS` or `ina219:BUS@ADDRESS`, with `--shunt OHMS`.
"""

from __future__ import annotations

import sys
from typing import cast

from edgekit.meters._ina import Chip, Ina, Registers
from edgekit.meters._model import Settings

TITLE = "INA219"
GAIN = 0.005
OFFSET_V = 100e-6
SOURCE = "TI SBOS448: 0.5 % of grade B over temperature, 100 µV offset of grade A"
#: Eight samples of 532 µs of the shunt's and the bus' voltage each.
PERIOD_S = 2 * 4.26e-3
#: Gain 1/2.
SHUNT_RANGE_V = 0.080

_CONFIG, _SHUNT, _BUS = 0x00, 0x01, 0x02
_RESET_VALUE = 0x399F
# 16 V range, PGA /2, 8 averages for both, both continuously.
_SETTING = 0b00 << 13 | 0b01 << 11 | 0b1011 << 7 | 0b1011 << 3 | 0b111
_READY = 2


def identify(registers: Registers) -> str:
    """It has no identification: after a reset its configuration has a known value."""
    registers.write(_CONFIG, 1 << 15)
    found = registers.read(_CONFIG, 2)
    return "" if found == _RESET_VALUE else f"its configuration resets to {found:#06x}"


def configure(registers: Registers) -> None:
    """Average without a gap."""
    registers.write(_CONFIG, _SETTING)
    registers.read(0x03, 2)  # reading the power clears the flag of a result


def read(registers: Registers) -> tuple[float, float] | None:
    """Volts at the shunt (10 µV a step) and at the bus (4 mV a step)."""
    bus = registers.read(_BUS, 2)
    if not bus & _READY:
        return None
    shunt = registers.read(_SHUNT, 2, signed=True)
    registers.read(0x03, 2)
    return shunt * 10e-6, (bus >> 3) * 4e-3


def open_meter(where: str, settings: Settings) -> Ina:
    """An INA219.

    Raises:
        InputError: `where` is no bus and address.
        MeterError: the shunt was not given.
    """
    return Ina(cast("Chip", sys.modules[__name__]), where, settings)

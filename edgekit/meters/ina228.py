"""TI's INA228 on an I2C bus: 20 bits, 210 results a second.

`ina228:BUS` or `ina228:BUS@ADDRESS`, with `--shunt OHMS`.
"""

from __future__ import annotations

import sys
from typing import cast

from edgekit.meters._ina import Chip, Ina, Registers
from edgekit.meters._model import Settings

TITLE = "INA228"
GAIN = 0.0005
OFFSET_V = 1e-6
SOURCE = "TI SBOS886: gain error 0.05 %, offset 1 µV at most"
#: Sixteen averages of 150 µs for the shunt and 150 µs for the bus.
PERIOD_S = 16 * 2 * 150e-6
#: The wide range.
SHUNT_RANGE_V = 0.1638

_CONFIG, _ADC_CONFIG, _SHUNT, _BUS, _DIAGNOSIS, _MAKER, _DEVICE = 0, 1, 4, 5, 0x0B, 0x3E, 0x3F
# Bus and shunt continuously, 150 µs for each (and the temperature, which is not measured), 16.
_SETTING = 0xB << 12 | 0b010 << 9 | 0b010 << 6 | 0b010 << 3 | 0b010
_READY = 2


def identify(registers: Registers) -> str:
    """TI's number and the device's."""
    maker, device = registers.read(_MAKER, 2), registers.read(_DEVICE, 2)
    if (maker, device >> 4) == (0x5449, 0x228):
        return ""
    return f"it says {maker:#06x}, {device:#06x}"


def configure(registers: Registers) -> None:
    """Average without a gap."""
    registers.write(_CONFIG, 0)
    registers.write(_ADC_CONFIG, _SETTING)


def read(registers: Registers) -> tuple[float, float] | None:
    """Volts at the shunt (312.5 nV a step) and at the bus (195.3125 µV a step), 20 bits of 24."""
    if not registers.read(_DIAGNOSIS, 2) & _READY:  # reading clears it
        return None
    shunt = registers.read(_SHUNT, 3, signed=True) >> 4
    return shunt * 312.5e-9, (registers.read(_BUS, 3) >> 4) * 195.3125e-6


def open_meter(where: str, settings: Settings) -> Ina:
    """An INA228.

    Raises:
        InputError: `where` is no bus and address.
        MeterError: the shunt was not given.
    """
    return Ina(cast("Chip", sys.modules[__name__]), where, settings)

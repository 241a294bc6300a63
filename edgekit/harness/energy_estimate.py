"""An estimate of the energy without any instrument: the datasheet's current times the cycles."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.errors import ToolError
from edgekit.targets import Target


@dataclass(frozen=True, slots=True)
class EnergyEstimate:
    """Never a measurement.

    Attributes:
        gross_uj: what the chip alone takes while an inference runs.
        error: how far it may be off, relatively; by the datasheet's own spread, and without what
            the count of cycles leaves out.
        cycles: of one inference.
        average_ma: the datasheet's current.
        volts: at which it holds.
        duration_s: at the rated clock.
        basis: where all of it comes from.
    """

    gross_uj: float
    error: float
    cycles: float
    average_ma: float
    volts: float
    duration_s: float
    basis: tuple[str, ...]


def estimate_energy(target: Target, cycles: float, counted: str) -> EnergyEstimate:
    """The estimate for so many cycles at the rated clock.

    Args:
        target: the board.
        cycles: of one inference.
        counted: where the cycles come from.

    Raises:
        ToolError: the chip's soc.toml has no current of its datasheet.
    """
    power = target.soc.power
    if power is None:
        raise ToolError(
            f"the data of {target.soc.name} has no current of its datasheet",
            "connect an instrument and give --meter; or enter [power] in the chip's soc.toml",
        )
    clock_hz = target.soc.clock_hz
    amperes = power.active_ua_per_mhz * clock_hz / 1e6 * 1e-6
    duration_s = cycles / clock_hz
    return EnergyEstimate(
        amperes * power.volts * duration_s * 1e6,
        power.error,
        cycles,
        amperes * 1e3,
        power.volts,
        duration_s,
        (
            f"{power.active_ua_per_mhz:g} µA/MHz at {power.volts:g} V: {power.source}",
            f"{clock_hz / 1e6:g} MHz, the chip's rated clock",
            counted,
            "the chip alone, its peripherals off: a board takes more",
        ),
    )

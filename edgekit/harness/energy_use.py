"""What an inference's energy means: for a battery, for right answers, for the climate."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgekit import registry
from edgekit.errors import InputError

_HOURS_A_YEAR = 8766.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A battery.

    Attributes:
        title: its name.
        capacity_mah: at the load that `source` names.
        volts: nominal.
        loss_a_year: share of the capacity that it loses by itself.
        source: where that is stated.
    """

    title: str
    capacity_mah: float
    volts: float
    loss_a_year: float
    source: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A mix of power plants.

    Attributes:
        title: whose.
        g_per_kwh: CO2 equivalents of a kilowatt hour, over the plants' life.
        source: where that is stated.
    """

    title: str
    g_per_kwh: float
    source: str


CELLS = {
    "cr2032": Cell(
        "CR2032", 235.0, 3.0, 0.01, "Energizer's data sheet: 15 kOhm to 2.0 V at 21 °C, 1 % a year"
    ),
    "18650": Cell("NCR18650B", 3200.0, 3.6, 0.0, "Panasonic's data sheet: rated, at 20 °C"),
}

_OWID = "Ember and Energy Institute, processed by Our World in Data: carbon intensity, 2023"

GRIDS = {
    "at": Grid("Austria", 111.0, _OWID),
    "au": Grid("Australia", 549.0, _OWID),
    "be": Grid("Belgium", 138.0, _OWID),
    "br": Grid("Brazil", 98.0, _OWID),
    "cn": Grid("China", 582.0, _OWID),
    "de": Grid("Germany", 381.0, _OWID),
    "dk": Grid("Denmark", 152.0, _OWID),
    "fi": Grid("Finland", 79.0, _OWID),
    "fr": Grid("France", 56.0, _OWID),
    "in": Grid("India", 713.0, _OWID),
    "world": Grid("world", 480.0, "Ember, Global Electricity Review 2024: the year 2023"),
}


@dataclass(frozen=True, slots=True)
class Battery:
    """How long a cell lasts.

    Attributes:
        cell: which.
        every_s: an inference in so many seconds.
        sleep_ua: current between them.
        average_ua: of the board, without the cell's own loss.
        days: until the cell is empty, its own loss included.
    """

    cell: Cell
    every_s: float
    sleep_ua: float
    average_ua: float
    days: float


@dataclass(frozen=True, slots=True)
class Carbon:
    """Energy from the grid of a million inferences."""

    grid: Grid
    kwh_per_million: float
    g_per_million: float


def find_cell(text: str) -> Cell:
    """A known cell, or one's own as `500mAh@3.7V`.

    Raises:
        InputError: it is neither; the nearest name is offered.
    """
    own = re.fullmatch(r"([\d.]+)\s*mAh@([\d.]+)\s*V", text, re.IGNORECASE)
    if own:
        capacity, volts = float(own[1]), float(own[2])
        if capacity > 0 and volts > 0:
            return Cell(text, capacity, volts, 0.0, "as given")
    if text.lower() not in CELLS:
        error = registry.unknown("cell", text, CELLS)
        raise InputError(error.message, f"{error.hint}; or give your own: 500mAh@3.7V")
    return CELLS[text.lower()]


def find_grid(text: str) -> Grid:
    """A known mix, or one's own in grams of CO2 equivalents a kilowatt hour.

    Raises:
        InputError: it is neither; the nearest name is offered.
    """
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Grid(f"{text} g/kWh", float(text), "as given")
    if text.lower() not in GRIDS:
        error = registry.unknown("grid", text, GRIDS)
        raise InputError(error.message, f"{error.hint}; or give a number of g/kWh")
    return GRIDS[text.lower()]


def battery(
    cell: Cell,
    *,
    active_uj: float,
    volts: float,
    duration_s: float,
    every_s: float,
    sleep_ua: float,
) -> Battery:
    """How long a cell lasts where the board sleeps between inferences.

    The board's charge is taken from the cell as it is: without a converter, or with a linear one.

    Args:
        cell: which.
        active_uj: all that the board takes while an inference runs.
        volts: the board's supply.
        duration_s: of an inference.
        every_s: an inference in so many seconds.
        sleep_ua: current between them.

    Raises:
        InputError: inferences last longer than `every_s`.
    """
    if every_s <= 0 or every_s < duration_s:
        raise InputError(
            f"an inference lasts {duration_s:g} s: there can't be one every {every_s:g} s"
        )
    charge_uas = active_uj / volts + sleep_ua * (every_s - duration_s)
    average_ua = charge_uas / every_s
    own_ua = cell.capacity_mah * 1e3 * cell.loss_a_year / _HOURS_A_YEAR
    hours = cell.capacity_mah * 1e3 / (average_ua + own_ua)
    return Battery(cell, every_s, sleep_ua, average_ua, hours / 24)


def carbon(grid: Grid, gross_uj: float) -> Carbon:
    """A million inferences' energy from a grid, without losses of a power supply."""
    kwh = gross_uj / 3.6e6  # a million times 1e-6 J
    return Carbon(grid, kwh, kwh * grid.g_per_kwh)


def per_right_uj(net_uj: float, accuracy: float) -> float:
    """Energy of a right answer: wrong ones cost as much.

    Raises:
        InputError: the accuracy is no share.
    """
    if not 0 < accuracy <= 1:
        raise InputError(f"an accuracy of {accuracy:g} is no share", "give e.g. 0.901")
    return net_uj / accuracy

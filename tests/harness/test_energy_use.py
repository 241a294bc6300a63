from __future__ import annotations

import pytest

from edgekit.errors import InputError
from edgekit.harness.energy_use import (
    CELLS,
    GRIDS,
    battery,
    carbon,
    find_cell,
    find_grid,
    per_right_uj,
)


def test_a_battery_lasts_its_charge() -> None:
    """3.3 mJ at 3.3 V are 1 mC: in 100 s 10 µA, and 90 µA asleep: 0.1 mA of 1000 mAh."""
    found = battery(
        find_cell("1000mAh@3V"),
        active_uj=3300.0,
        volts=3.3,
        duration_s=0.0,
        every_s=100.0,
        sleep_ua=90.0,
    )
    assert found.average_ua == pytest.approx(100.0)
    assert found.days == pytest.approx(10_000 / 24)


def test_a_cell_loses_charge_by_itself() -> None:
    cell = CELLS["cr2032"]
    found = battery(cell, active_uj=1e-9, volts=3.0, duration_s=0, every_s=1.0, sleep_ua=0.0)
    assert found.days == pytest.approx(365.25 / cell.loss_a_year, rel=0.01)


def test_an_inference_that_fills_the_period_leaves_no_sleep() -> None:
    cell = find_cell("100mAh@3.3V")
    found = battery(cell, active_uj=3.3e6, volts=3.3, duration_s=1.0, every_s=1.0, sleep_ua=5.0)
    assert found.average_ua == pytest.approx(1e6)
    with pytest.raises(InputError, match="can't be one every"):
        battery(cell, active_uj=1, volts=3.3, duration_s=1.0, every_s=0.5, sleep_ua=0)


def test_carbon_of_a_million() -> None:
    found = carbon(find_grid("400"), 3600.0)  # 3.6 mJ each, 3.6 kJ in all: 1 Wh
    assert found.kwh_per_million == pytest.approx(0.001)
    assert found.g_per_million == pytest.approx(0.4)


def test_energy_of_a_right_answer() -> None:
    assert per_right_uj(90.0, 0.9) == pytest.approx(100.0)
    with pytest.raises(InputError, match="no share"):
        per_right_uj(1.0, 1.5)


@pytest.mark.parametrize("text", ["cr2033", "500mAh", "0mAh@3V", ""])
def test_unknown_cells(text: str) -> None:
    with pytest.raises(InputError, match="unknown cell"):
        find_cell(text)


def test_everything_named_has_a_source() -> None:
    assert all(cell.source and cell.capacity_mah > 0 for cell in CELLS.values())
    assert all(grid.source and 20 < grid.g_per_kwh < 1200 for grid in GRIDS.values())
    with pytest.raises(InputError, match="unknown grid"):
        find_grid("-5")

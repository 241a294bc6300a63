"""Measure the energy of an inference with an instrument, or estimate it from the datasheet.

With --port and a live --meter, the board runs inferences while the instrument samples: the integral
between the edges of the marker pin, and what is left of it above the power at rest. A recording
(--meter FILE) is read instead. Without a meter it is an estimate and says its basis: the
datasheet's current per MHz times the cycles, which --port measures and the emulator estimates.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._meter_options import energy_rows, given, meter_options
from edgekit.cli._options import folder_argument, json_option, port_option
from edgekit.cli._output import report, system_lines
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import EnergyReport


@click.command()
@folder_argument
@port_option
@meter_options
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Inferences.",
)
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="The model's share of right answers, for the energy of one.",
)
@click.option(
    "--cell", metavar="CELL", help="A battery, cr2032 or 500mAh@3.7V: how long does it last?"
)
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="An inference in so many seconds, for the battery.",
)
@click.option(
    "--sleep-ua",
    type=click.FloatRange(min=0),
    metavar="UA",
    help="Current between inferences in µA; what was measured at rest, if left out.",
)
@click.option(
    "--grid", metavar="GRID", help="A mix of power plants, e.g. de, fr, world, or g CO2e per kWh."
)
@json_option
def command(
    folder: Path,
    port: str | None,
    runs: int,
    accuracy: float | None,
    cell: str | None,
    every: float,
    sleep_ua: float | None,
    grid: str | None,
    as_json: bool,
    **meter: Any,
) -> None:
    """See the module's text."""
    from edgekit import pipeline
    from edgekit.harness.energy_use import find_cell, find_grid

    use = pipeline.UseOptions(
        accuracy,
        None if cell is None else find_cell(cell),
        every,
        sleep_ua,
        None if grid is None else find_grid(grid),
    )
    with progress(as_json) as events:
        events.stage("measuring" if meter["meter"] else "estimating")
        found = pipeline.energy(folder, port=port or "", meter=given(**meter), runs=runs, use=use)
    page = pipeline.write_report(folder)
    report(
        found.to_json(),
        _table(found),
        *system_lines(found.system),
        page,
        as_json=as_json,
        next_verb=f"edgekit bench {folder} {f'--port {port}' if port else '--emulate'}",
    )


def _table(found: EnergyReport) -> TextTable:
    rows: list[tuple[Cell, ...]] = [("board", found.board)]
    if found.measured is not None:
        rows += energy_rows(found.measured)
    if (guess := found.estimated) is not None:
        rows += [
            ("ESTIMATE, not measured: µJ", f"{guess.gross_uj:,.4g} ± {100 * guess.error:.0f} %"),
            ("  current mA", f"{guess.average_ma:.4g}"),
            ("  cycles", round(guess.cycles)),
            *(("  basis", line) for line in guess.basis),
        ]
    if found.per_right_uj is not None:
        rows.append(("per right answer µJ", f"{found.per_right_uj:,.4g}"))
    if (b := found.battery) is not None:
        rows += [
            (f"{b.cell.title}, an inference every {b.every_s:g} s: days", f"{b.days:,.1f}"),
            ("  average µA, asleep µA", f"{b.average_ua:,.4g}, {b.sleep_ua:,.4g}"),
            ("  cell", f"{b.cell.capacity_mah:g} mAh: {b.cell.source}"),
        ]
    if (c := found.carbon) is not None:
        rows += [
            ("a million inferences: kWh", f"{c.kwh_per_million:.4g}"),
            (f"  g CO2e, {c.grid.title}", f"{c.g_per_million:.4g}"),
            ("  source", f"{c.grid.g_per_kwh:g} g/kWh: {c.grid.source}"),
        ]
    return TextTable((Column("energy of an inference"), Column("", numeric=True)), tuple(rows))

"""The options of verbs that measure with an instrument, and the tables of what it found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from edgekit.cli._options import complete_file
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import MeteredEnergy, MeterOptions

C = TypeVar("C", bound=Callable[..., Any])


def _complete_meter(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from edgekit import meters

    found = [CompletionItem(name) for name in meters.names() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


_OPTIONS = (
    click.option(
        "--meter",
        metavar="METER",
        shell_complete=_complete_meter,
        help="An instrument, NAME or NAME:WHERE (ppk2, ppk2:PORT, joulescope, lpm01a:PORT, "
        "ina226:BUS@ADDRESS, otii:HOST ...), or a recording, FILE.csv or FILE.npz.",
    ),
    click.option(
        "--volts",
        type=click.FloatRange(min=0.5, max=20),
        metavar="V",
        help="The board's supply, for meters that do not measure it or that make it.",
    ),
    click.option("--supply", is_flag=True, help="The meter supplies the board."),
    click.option(
        "--marker-input",
        type=click.IntRange(0, 7),
        default=0,
        show_default=True,
        metavar="N",
        help="The meter's digital input that the board's marker pin is connected to.",
    ),
    click.option(
        "--shunt",
        type=click.FloatRange(min=0, min_open=True),
        metavar="OHMS",
        help="The shunt, for meters that have none of their own.",
    ),
    click.option(
        "--meter-accuracy",
        metavar="SHARE",
        help="The meter's accuracy, e.g. 1%, where its calibration says more than its maker.",
    ),
    click.option(
        "--idle",
        type=click.FloatRange(min=0.2),
        default=1.0,
        show_default=True,
        metavar="S",
        help="So long the board is left alone before and behind the inferences.",
    ),
    click.option(
        "--save-trace",
        metavar="FILE.npz",
        type=click.Path(path_type=Path),
        shell_complete=complete_file,
        help="Keep the meter's samples; --meter FILE.npz reads them again.",
    ),
)


def meter_options(function: C) -> C:
    """Add the options; `given` makes them into what the pipeline takes."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def given(
    *,
    meter: str | None,
    volts: float | None,
    supply: bool,
    marker_input: int,
    shunt: float | None,
    meter_accuracy: str | None,
    idle: float,
    save_trace: Path | None,
) -> MeterOptions | None:
    """The instrument that the options name; None without --meter.

    Raises:
        UsageError: an option of a meter without one.
    """
    from edgekit.harness.baseline import parse_tolerance
    from edgekit.meters import Settings
    from edgekit.pipeline import MeterOptions

    if meter is None:
        if save_trace is not None or supply:
            raise click.UsageError("--supply and --save-trace need --meter")
        return None
    gain = None if meter_accuracy is None else parse_tolerance(meter_accuracy)
    settings = Settings(volts, supply, marker_input, shunt, gain)
    return MeterOptions(meter, settings, idle, save_trace)


def energy_rows(found: MeteredEnergy) -> list[tuple[Cell, ...]]:
    """What an instrument found, for a table of names and values."""
    e = found.energy
    error = "unknown" if e.standard_error_uj is None else f"± {e.standard_error_uj:,.3g}"
    stated = "its maker's figure is not known here"
    if found.accuracy is not None:
        stated = (
            f"± {e.instrument_uj:,.3g}, {100 * found.accuracy.gain:g} % ({found.accuracy.source})"
        )
    rows: list[tuple[Cell, ...]] = [
        ("meter", found.meter),
        ("inferences, found by", f"{e.inferences}, {e.method}"),
        ("energy above rest µJ", f"{e.net_uj:,.4g} {error}"),
        ("  instrument's accuracy µJ", stated),
        ("energy in all µJ", f"{e.gross_uj:,.4g}"),
        ("power at rest mW", f"{e.idle_mw:,.4g}"),
        ("current mA: rest, mean, peak", f"{e.idle_ma:.4g}, {e.average_ma:.4g}, {e.peak_ma:.4g}"),
        ("supply V", f"{e.voltage_v:.3f}"),
    ]
    if e.clock_ratio is not None:
        rows.append(("meter's clock to the board's", f"{e.clock_ratio:.5f}"))
    return rows + [("note", note) for note in e.notes]


def energy_table(found: MeteredEnergy) -> TextTable:
    """What an instrument found."""
    return TextTable(
        (Column("energy of an inference"), Column("", numeric=True)), tuple(energy_rows(found))
    )

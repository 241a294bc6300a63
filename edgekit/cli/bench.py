"""Measure what one inference costs: per layer, in the emulator or on real boards.

The emulator (--emulate) counts instructions, which are never called latency; for some cores it adds
an estimate of cycles. A real board (--port) is timed: median, p90, p99, spread and drift, the
warm-up apart; its clock is held against this computer's. Several --port are measured at the same
time, side by side. --meter adds the energy. An output that is wrong, or figures that do not fit
each other, give no figures; what is worse than --baseline allows ends with the exit code 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._bench_tables import layers, side_by_side, totals
from edgekit.cli._meter_options import energy_table, given, meter_options
from edgekit.cli._options import (
    complete_file,
    complete_port,
    emulate_option,
    folder_argument,
    json_option,
    junit_option,
)
from edgekit.cli._output import report, system_lines
from edgekit.cli._progress import progress
from edgekit.errors import ExitCode
from edgekit.report import TextTable
from edgekit.report.junit import Case
from edgekit.report.junit import write as write_junit

if TYPE_CHECKING:
    from edgekit.harness.baseline import Comparison
    from edgekit.pipeline import Benchmark


@click.command()
@folder_argument
@emulate_option
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="PORT",
    shell_complete=complete_port,
    help="A serial port (see `edgekit ports`) or a pyserial URL, e.g. socket://host:port; once for "
    "each board.",
)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Measured inferences; the ones that warm up come before them.",
)
@click.option(
    "--warm-up",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Inferences before the measured ones.",
)
@click.option(
    "--until-stable",
    is_flag=True,
    help="Go on, --runs at a time, until three medians in a row agree to 0.5 %.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=complete_file,
    help="What an earlier `bench --json` printed: a worse figure ends with the exit code 8.",
)
@click.option(
    "--tolerance",
    default="2%",
    show_default=True,
    metavar="SHARE",
    help="How much worse than the baseline a figure may be.",
)
@junit_option
@meter_options
@json_option
def command(
    folder: Path,
    emulate: bool,
    ports: tuple[str, ...],
    runs: int,
    warm_up: int,
    until_stable: bool,
    baseline: Path | None,
    tolerance: str,
    junit: Path | None,
    as_json: bool,
    **meter: Any,
) -> int:
    """See the module's text."""
    from edgekit import pipeline
    from edgekit.harness import baseline as earlier

    if emulate == bool(ports):
        raise click.UsageError("give either --emulate or --port PORT")
    allowed = earlier.parse_tolerance(tolerance)
    before = None if baseline is None else earlier.read(baseline)
    options = pipeline.BenchOptions(runs, warm_up, until_stable, given(**meter))
    with progress(as_json) as events:
        events.stage("measuring")
        if emulate:
            found = {"": pipeline.bench(folder, options=options)}
        else:
            found = pipeline.bench_ports(folder, ports, options)
    page = pipeline.write_report(folder)
    compared = {
        port: () if before is None else earlier.compare(before, one.to_json(), allowed)
        for port, one in found.items()
    }
    if junit is not None:
        write_junit(junit, f"edgekit bench {folder}", _cases(found, compared))
    report(
        _json(found, compared),
        *_shown(found),
        *_systems(found),
        *_sentences(compared),
        page,
        as_json=as_json,
        next_verb=f"edgekit run {folder} {f'--port {ports[0]}' if ports else '--emulate'}",
    )
    worse = any(c.worse for each in compared.values() for c in each)
    return ExitCode.REGRESSION if worse else ExitCode.OK


def _json(
    found: Mapping[str, Benchmark], compared: Mapping[str, tuple[Comparison, ...]]
) -> dict[str, Any]:
    """One board's figures by themselves, several by their ports."""
    each = {
        port: {**one.to_json(), **({"baseline": list(compared[port])} if compared[port] else {})}
        for port, one in found.items()
    }
    return next(iter(each.values())) if len(each) == 1 else {"ports": each}


def _shown(found: Mapping[str, Benchmark]) -> list[TextTable]:
    if len(found) > 1:
        return [side_by_side(found)]
    one = next(iter(found.values()))
    tables = [layers(one), totals(one)]
    return tables if one.energy is None else [*tables, energy_table(one.energy)]


def _systems(found: Mapping[str, Benchmark]) -> list[str]:
    named = len(found) > 1
    return [line for port, one in found.items() for line in system_lines(one.system, port * named)]


def _sentences(compared: Mapping[str, tuple[Comparison, ...]]) -> list[str]:
    return [
        f"{'worse' if c.worse else 'baseline'}: {f'{port}: ' if len(compared) > 1 else ''}"
        f"{c.sentence()}"
        for port, each in compared.items()
        for c in each
    ]


def _cases(
    found: Mapping[str, Benchmark], compared: Mapping[str, tuple[Comparison, ...]]
) -> list[Case]:
    cases = []
    for port, one in found.items():
        group = port or one.measured.where
        cases.append(Case(group, "the output is right and the figures fit each other"))
        cases += [Case(group, c.name, c.sentence() if c.worse else "") for c in compared[port]]
    return cases

"""This benchmark beside the ones that were made in the folder before."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.report.page.findings import Findings, Json


@dataclass(frozen=True, slots=True)
class Row:
    """A benchmark.

    Attributes:
        when: date and time, UTC.
        build: its build id.
        where: board and place.
        goal: what the kernels were chosen for.
        cost: instructions, or the median of the latency.
        change: of the cost against this one's; empty for this one, and where one is an
            emulator's instructions and the other a board's time.
        arena_bytes: size of the arena.
        flash_bytes: everything that is programmed.
        energy: per inference, empty where nobody measured it.
        this: whether the report's figures are from this one.
    """

    when: str
    build: str
    where: str
    goal: str
    cost: str
    change: str
    worse: bool
    arena_bytes: int
    flash_bytes: int
    energy: str
    this: bool


def rows(findings: Findings) -> list[Row]:
    """All benchmarks of the folder, newest first."""
    return [_row(run, findings) for run in reversed(findings.runs)]


def _row(run: Json, findings: Findings) -> Row:
    bench = run["bench"]
    this = run is findings.run
    mine, unit = _cost(run)
    theirs = _cost(findings.run) if findings.run is not None else (None, "")
    change = 0.0
    text = ""
    if not this and mine and theirs[0] and theirs[1] == unit:
        change = mine / theirs[0] - 1
        text = "the same" if round(change, 4) == 0 else f"{100 * change:+.2f} %"
    energy = bench.get("energy")
    return Row(
        str(run["time"]).replace("T", " ").removesuffix("+00:00"),
        str(run["build_id"]),
        f"{bench['board']}, {run.get('port') or bench['where']}",
        str(run.get("optimize", "")),
        "" if mine is None else f"{mine:,.0f} {unit}" if unit else "",
        text,
        change > 0,
        int(bench["arena_bytes"]),
        int(bench["flash_bytes"]["total"]),
        "" if not energy else f"{energy['net_uj']:,.2f} µJ",
        this,
    )


def _cost(run: Json) -> tuple[float | None, str]:
    bench = run["bench"]
    if bench["latency_us"] is not None:
        return float(bench["latency_us"]["median"]), "µs"
    count = bench["instructions"]
    return (None, "") if count is None else (float(count), "instructions")

"""Benchmarks beside each other."""

from __future__ import annotations

import dataclasses
from typing import Any

from edgekit.report.page import comparison
from tests.support.findings import findings


def test_the_newest_of_this_build_is_compared_with_the_others() -> None:
    rows = comparison.rows(findings())
    assert [row.this for row in rows] == [True, False, False]
    assert [row.change for row in rows] == ["", "-2.00 %", "+7.00 %"]
    assert [row.worse for row in rows] == [False, False, True]


def test_instructions_are_never_compared_with_a_time() -> None:
    full = findings()
    emulated: dict[str, Any] = {**full.runs[0]}
    bench = {**emulated["bench"], "where": "emulator", "latency_us": None, "instructions": 10**6}
    emulated |= {"bench": bench, "build_id": full.build_id}
    mixed = dataclasses.replace(full, runs=(*full.runs, emulated))
    assert mixed.run is full.runs[-1], "a real board's figures are shown before an emulator's"
    row = comparison.rows(mixed)[0]
    assert row.cost == "1,000,000 instructions"
    assert row.change == ""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edgekit.errors import InputError
from edgekit.harness.baseline import compare, parse_tolerance, read

BEFORE: dict[str, Any] = {
    "board": "b",
    "where": "emulator",
    "macs": 100,
    "instructions": 1000,
    "latency_us": None,
    "arena_bytes": 64,
    "stack_bytes": None,
    "flash_bytes": {"total": 50, "weights": 0},
}


def worse(now: dict[str, Any], tolerance: float = 0.02) -> list[str]:
    return [c.sentence() for c in compare(BEFORE, {**BEFORE, **now}, tolerance) if c.worse]


def test_what_is_worse() -> None:
    assert worse({}) == []
    assert worse({"instructions": 1020}) == []
    assert worse({"instructions": 1021}) == ["instructions was 1,000 and is 1,021 (+2.10 %)"]
    assert worse({"instructions": 1021}, 0.05) == []
    assert worse({"instructions": 10, "arena_bytes": 1}) == []
    assert worse({"flash_bytes": {"total": 60, "weights": 1}}) == [
        "flash_bytes.total was 50 and is 60 (+20.00 %)",
        "flash_bytes.weights was 0 and is 1",
    ]


def test_a_figure_that_is_gone_is_worse_and_a_new_one_is_not() -> None:
    large = compare({**BEFORE, "instructions": 2_423_596}, {**BEFORE, "instructions": 2e6}, 0.02)
    assert any("was 2,423,596 and is 2,000,000" in each.sentence() for each in large)
    assert worse({"instructions": None}) == ["instructions was 1,000 and is missing"]
    assert worse({"latency_us": {"median": 5.0}, "cycles_estimate": 7}) == []


@pytest.mark.parametrize("key", ["board", "where", "macs"])
def test_another_thing_can_not_be_compared(key: str) -> None:
    with pytest.raises(InputError, match=f"baseline's {key} is"):
        worse({key: "other"})


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    with pytest.raises(InputError, match="can't be read"):
        read(path)
    for text in ("{", "[1]", '{"instructions": "many"}', '{"error": "x"}'):
        path.write_text(text)
        with pytest.raises(InputError, match="baseline"):
            read(path)
    path.write_text(json.dumps(BEFORE))
    assert read(path) == BEFORE


def test_tolerance() -> None:
    assert [parse_tolerance(t) for t in ("2%", "0.02", "0", "0.5%")] == [0.02, 0.02, 0, 0.005]
    for text in ("x", "-1%", "%", "nan", "2 percent"):
        with pytest.raises(InputError, match="no tolerance"):
            parse_tolerance(text)

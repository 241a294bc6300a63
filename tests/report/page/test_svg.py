"""Elements are escaped, numbers and axes are readable."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from edgekit.report.page import svg


def test_text_and_attributes_are_escaped() -> None:
    made = svg.element("text", '<b>&"\x07', class_="a", data_name='"><script>')
    parsed = ET.fromstring(str(made))
    assert parsed.text == '<b>&"\\x07'
    assert parsed.get("data-name") == '"><script>'
    assert "<script" not in made


@pytest.mark.parametrize(
    ("most", "found"),
    [(0, [0.0]), (10, [0, 2.5, 5, 7.5, 10]), (22016, [0, 10_000, 20_000]), (3, [0, 1, 2, 3])],
)
def test_ticks(most: float, found: list[float]) -> None:
    assert svg.ticks(most) == found


@pytest.mark.parametrize("most", [1e-7, 0.3, 7, 999, 123456789])
def test_ticks_stay_inside(most: float) -> None:
    marks = svg.ticks(most)
    assert marks[0] == 0
    assert 2 <= len(marks) <= 7
    assert marks[-1] <= most * 1.001


def test_short_numbers() -> None:
    assert [svg.short(v) for v in (0, 950, 12_345, 4_560_000)] == ["0", "950", "12.3k", "4.56M"]


def test_shortened_text() -> None:
    assert svg.shorten("conv", 100) == "conv"
    assert svg.shorten("a_very_long_name", 50).endswith("…")
    assert svg.shorten("abcdef", 5) == ""

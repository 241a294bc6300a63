"""Tables for the terminal and the documentation."""

import io

import pytest
from rich.console import Console

from edgekit.report import Column, TextTable, printable, text

TABLE = TextTable(
    (Column("name"), Column("bytes", numeric=True)),
    (("[bold]a|b[/bold]", 1234567), ("\x1b[31m", None), ("c", 0.5)),
)


def test_markdown():
    assert TABLE.markdown().splitlines() == [
        "| name | bytes |",
        "| --- | ---: |",
        "| [bold]a\\|b[/bold] | 1,234,567 |",
        "| \x1b[31m | - |",
        "| c | 0.5 |",
    ]


def test_terminal():
    file = io.StringIO()
    Console(file=file, width=60, color_system="truecolor", force_terminal=True).print(TABLE.rich())
    shown = file.getvalue()
    assert "[bold]a|b[/bold]" in shown, "markup in a model's names is text"
    assert "\\x1b[31m" in shown
    assert "\x1b[31m" not in shown


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [(None, "-"), (True, "yes"), (False, "no"), (12345, "12,345"), (0.12345, "0.1235"), ("x", "x")],
)
def test_text(cell, wanted):
    assert text(cell) == wanted


def test_large_floats_have_no_decimals():
    assert text(1234.56) == "1,235"


def test_printable():
    assert printable("a\x1bb\x00\nc\u05d0") == "a\\x1bb\\x00\nc\u05d0"


def test_rows_as_long_as_the_head():
    with pytest.raises(ValueError, match="zip"):
        TextTable((Column("a"),), ((1, 2),)).markdown()

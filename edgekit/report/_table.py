"""A table that can be shown in a terminal and written into the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        title: its head.
        numeric: aligned to the right, integers with thousands' separators.
        elastic: gives way in a narrow terminal; the others stay whole as long as they can.
    """

    title: str
    numeric: bool = False
    elastic: bool = False


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows below named columns.

    Attributes:
        columns: the heads.
        rows: cells; None is shown as `-`.
        title: shown above in a terminal only; a document has headings for that.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""

    def rich(self) -> Table:
        """For the terminal."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            title=Text(printable(self.title), style="bold") if self.title else None,
            title_justify="left",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            show_edge=False,
        )
        for column in self.columns:
            table.add_column(
                column.title,
                justify="right" if column.numeric else "left",
                no_wrap=not column.elastic,
                overflow="ellipsis",
            )
        for row in self._texts():
            # Text, not str: rich would take a model's names for markup.
            table.add_row(*(Text(printable(cell)) for cell in row))
        return table

    def markdown(self) -> str:
        """For the documentation."""
        lines = [[column.title for column in self.columns]]
        lines.append(["---:" if column.numeric else "---" for column in self.columns])
        lines += [[cell.replace("|", "\\|") for cell in row] for row in self._texts()]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"

    def _texts(self) -> list[list[str]]:
        return [
            [text(cell, column.numeric) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


def text(cell: Cell, numeric: bool = True) -> str:
    """A cell as people read it: `-` for nothing, `yes` and `no`, 12,345 and 0.123."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int) and numeric:
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.4g}" if abs(cell) < 1000 else f"{cell:,.0f}"
    return str(cell)


def printable(value: str) -> str:
    """Text with control characters written out: a model's names must not drive a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in value)


def key_values(rows: Sequence[tuple[str, Cell]], title: str = "") -> TextTable:
    """A table of names and values."""
    return TextTable((Column(""), Column("", numeric=True)), tuple(rows), title)

"""A table (.csv): one sample a row, one number a column, and the class in a column of its own."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from edgekit.datasets._samples import Array, Columns, Form, Samples, evenly
from edgekit.errors import InputError

DESCRIPTION = "a .csv with one sample a row; a column label, class, target or y has the classes"
RAW = "vector"
_CLASS_COLUMNS = ("label", "class", "target", "y")


def accepts(source: str) -> bool:
    """Whether it is a .csv file."""
    return Path(source).suffix.lower() == ".csv" and Path(source).is_file()


def read(source: str, form: Form, _split: str, limit: int | None) -> Samples:
    """The rows, float32 (n, columns), evenly spread, and their classes.

    The class is in the column `label`, `class`, `target` or `y` of the header. In a table without
    a header it is the last column if that has text. Class texts are numbered in their sorted
    order; whole numbers are taken as they are.

    Raises:
        InputError: no rows, rows of different lengths, a cell that is no number, or other columns
            than the form takes.
    """
    header, rows = _table(source)
    width = len(header or rows[0][1])
    for line, row in rows:
        if len(row) != width:
            raise InputError(f"{source}, line {line}: {len(row)} columns instead of {width}")
    at = _class_column(header, rows)
    y, labels = (None, ()) if at is None else _classes([row[at] for _, row in rows])
    kept = [i for i in range(width) if i != at]
    if not kept:
        raise InputError(f"{source} has no column beside that of the classes")
    x = np.array([[_number(source, line, row[i]) for i in kept] for line, row in rows], np.float32)
    if form.columns is not None:
        _same_columns(source, _names(header, kept), form.columns)
        x = form.columns(x)
    return Samples(source, x, y, labels, len(x)).take(evenly(len(x), limit))


def names(source: str) -> tuple[str, ...]:
    """The names of a table's columns without that of the classes; x0, x1 ... without a header.

    Raises:
        InputError: see `read`.
    """
    header, rows = _table(source)
    at = _class_column(header, rows)
    return _names(header, [i for i in range(len(header or rows[0][1])) if i != at])


def _names(header: list[str] | None, kept: list[int]) -> tuple[str, ...]:
    return tuple(f"x{i}" if header is None else header[i] for i in kept)


def _same_columns(source: str, found: tuple[str, ...], wanted: Columns) -> None:
    if found == wanted.names:
        return
    if len(found) != len(wanted.names):
        told = f"{len(found)} columns of values, the contract takes {len(wanted.names)}"
    else:
        first = next(i for i in range(len(found)) if found[i] != wanted.names[i])
        told = f"a column {found[first]!r} where the contract takes {wanted.names[first]!r}"
    raise InputError(
        f"{source} has {told}",
        f"the model was trained on the columns {', '.join(wanted.names)}, in this order",
    )


def _table(source: str) -> tuple[list[str] | None, list[tuple[int, list[str]]]]:
    """The header, where there is one, and the numbered rows."""
    rows = _rows(Path(source))
    header = None if _numeric(rows[0][1][:-1] or rows[0][1]) else rows.pop(0)[1]
    if not rows:
        raise InputError(f"{source} has a header and no rows")
    return header, rows


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Line numbers and cells of the rows that are not empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        separator = csv.Sniffer().sniff(text[:4096], ",;\t").delimiter if text.strip() else ","
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}", "write it as UTF-8 text") from error
    except csv.Error:
        separator = ","  # a single column has no separator to be found
    reader = csv.reader(text.splitlines(), delimiter=separator)
    found = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    if not found:
        raise InputError(f"{path} is empty")
    return found


def _class_column(header: list[str] | None, rows: list[tuple[int, list[str]]]) -> int | None:
    if header is not None:
        names = [name.lower() for name in header]
        return next((names.index(name) for name in _CLASS_COLUMNS if name in names), None)
    last = len(rows[0][1]) - 1
    return None if _numeric([row[last] for _, row in rows]) else last


def _classes(cells: list[str]) -> tuple[Array, tuple[str, ...]]:
    if all(cell.isdecimal() for cell in cells):
        return np.array([int(cell) for cell in cells], np.int64), ()
    labels = tuple(sorted(set(cells)))
    return np.array([labels.index(cell) for cell in cells], np.int64), labels


def _numeric(cells: list[str]) -> bool:
    try:
        [float(cell) for cell in cells if cell]
    except ValueError:
        return False
    return True


def _number(source: str, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        said = f"{cell!r} is no number" if cell else "a cell is empty"
        raise InputError(
            f"{source}, line {line}: {said}", "every column but that of the classes has numbers"
        ) from None

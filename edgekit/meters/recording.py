"""A recording: a .csv or .npz file that some instrument wrote, or that edgekit saved.

CSV: a line of column names, then numbers. Known are a time, a current, and if there are such a
voltage and a marker, each with its unit: `time_s`, `Timestamp(ms)`, `current_mA`, `Current(uA)`,
`voltage [V]`, `marker`, `D0` ... Nordic's Power Profiler exports such files, with all digital
inputs in one column of eight digits, `D0-D7`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from types import TracebackType

import numpy as np

from edgekit import output
from edgekit.errors import InputError
from edgekit.meters._model import Accuracy, Capture, Flags, Real, Settings, checked

_FACTORS = {"": 1.0, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3}
_COLUMN = re.compile(r"(?P<name>[a-z]+)[ _]*[\[(]?(?P<prefix>[nuµm]?)(?P<unit>s|a|v)[\])]?")
_NAMES = {
    "time": ("time", "s"),
    "timestamp": ("time", "s"),
    "t": ("time", "s"),
    "current": ("current", "a"),
    "i": ("current", "a"),
    "voltage": ("voltage", "v"),
    "v": ("voltage", "v"),
}
_ALL_INPUTS = "d0-d7"


class Recording:
    """A file as a meter: what it has was sampled before."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._settings = settings
        self._capture: Capture | None = None

    @property
    def title(self) -> str:
        """The file."""
        return f"recording {self._path}"

    @property
    def accuracy(self) -> Accuracy | None:
        """A file does not say."""
        return None

    def __enter__(self) -> Recording:
        """Read the file.

        Raises:
            InputError: it can't be read.
        """
        self._capture = load(self._path, self._settings)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._capture = None

    def start(self) -> None:
        """Nothing: it was sampled before."""

    def stop(self) -> Capture:
        """What the file has."""
        assert self._capture is not None  # the block is entered
        return self._capture


def open_meter(where: str, settings: Settings) -> Recording:
    """A recording; `where` is the path.

    Raises:
        InputError: there is no such file.
    """
    path = Path(where)
    if not path.is_file():
        raise InputError(f"there is no recording {where!r}", "give a .csv or .npz file")
    return Recording(path, settings)


def save(capture: Capture, path: Path) -> None:
    """Write a capture as .npz, to be looked at again.

    Raises:
        InputError: it can't be written, or is there already.
    """
    arrays = {
        "time_s": capture.time_s,
        "current_a": capture.current_a.astype(np.float32),
        "voltage_v": capture.voltage_v.astype(np.float32),
        "lost": np.array(capture.lost),
    }
    if capture.marker is not None:
        arrays["marker"] = capture.marker
    if capture.starts_s is not None:
        arrays["starts_s"] = capture.starts_s
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type] # its stub: allow_pickle
    output.write_new(path, buffer.getvalue())


def load(path: Path, settings: Settings) -> Capture:
    """Read a .npz or .csv file.

    Raises:
        InputError: it can't be read or lacks a column.
        MeterError: what it has can't be a recording.
    """
    read = _npz if path.suffix.lower() == ".npz" else _csv
    return checked(read(path, settings), f"recording {path}")


def _npz(path: Path, settings: Settings) -> Capture:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name]) for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    missing = [name for name in ("time_s", "current_a") if name not in arrays]
    if missing:
        raise InputError(f"{path} has no array {missing[0]}", f"it has: {', '.join(arrays)}")
    time_s = arrays["time_s"].astype(np.float64)
    marker = arrays.get("marker")
    starts = arrays.get("starts_s")
    return Capture(
        time_s,
        arrays["current_a"].astype(np.float64),
        _voltage(arrays.get("voltage_v"), len(time_s), path, settings),
        None if marker is None else marker.astype(bool),
        None if starts is None else starts.astype(np.float64),
        int(arrays.get("lost", np.array(0))),
    )


def _csv(path: Path, settings: Settings) -> Capture:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            head = file.readline()
            dialect = ";" if head.count(";") > head.count(",") else ","
            names = [name.strip() for name in next(csv.reader([head], delimiter=dialect), [])]
            rows = [row for row in csv.reader(file, delimiter=dialect) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    columns = {_meaning(name): (i, name) for i, name in enumerate(names)}
    values: dict[str, Real] = {}
    for wanted in ("time", "current", "voltage"):
        found = columns.get(wanted)
        if found is not None:
            values[wanted] = _numbers(rows, found[0], path) * _factor(found[1])
    for wanted in ("time", "current"):
        if wanted not in values:
            raise InputError(
                f"{path} has no column of the {wanted}",
                f"its first line names: {', '.join(names) or 'nothing'}; expected are e.g. "
                "time_s,current_a,voltage_v,marker",
            )
    return Capture(
        values["time"],
        values["current"],
        _voltage(values.get("voltage"), len(rows), path, settings),
        _marker(rows, names, path, settings.marker_input),
    )


def _meaning(name: str) -> str:
    low = name.lower()
    if low in ("marker", _ALL_INPUTS) or re.fullmatch(r"d[0-7]", low):
        return low
    found = _COLUMN.fullmatch(low)
    known = _NAMES.get(found["name"]) if found else None
    return known[0] if found and known and known[1] == found["unit"] else f"?{name}"


def _factor(name: str) -> float:
    found = _COLUMN.fullmatch(name.lower())
    assert found is not None  # _meaning matched it
    return _FACTORS[found["prefix"]]


def _numbers(rows: list[list[str]], column: int, path: Path) -> Real:
    try:
        return np.array([float(row[column]) for row in rows])
    except (ValueError, IndexError):
        line = next(i for i, row in enumerate(rows) if not _is_number(row, column))
        raise InputError(f"{path}, line {line + 2}: no number in column {column + 1}") from None


def _is_number(row: list[str], column: int) -> bool:
    try:
        float(row[column])
    except (ValueError, IndexError):
        return False
    return True


def _marker(rows: list[list[str]], names: list[str], path: Path, number: int) -> Flags | None:
    low = [name.lower() for name in names]
    for name in ("marker", f"d{number}"):
        if name in low:
            return np.asarray(_numbers(rows, low.index(name), path) != 0, bool)
    if _ALL_INPUTS not in low:
        return None
    column = low.index(_ALL_INPUTS)  # "00000001": the rightmost digit is D7 in Nordic's files
    try:
        return np.array([row[column][number] == "1" for row in rows], bool)
    except IndexError:
        raise InputError(f"{path}: the column {names[column]} has too few digits") from None


def _voltage(values: object, count: int, path: Path, settings: Settings) -> Real:
    if values is not None:
        return np.asarray(values, np.float64)
    return np.full(count, settings.voltage(f"recording {path}"))

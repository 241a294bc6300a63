"""Files of samples: .npy, or .npz with x and, where they are known, y and labels."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekit.errors import InputError, OutOfMemoryError

Values = npt.NDArray[Any]
Classes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class DataFile:
    """Samples as a file has them.

    Attributes:
        x: (n, ...), any dtype.
        y: class numbers (n,), or None.
        labels: the classes' names; empty where there are none.
    """

    x: Values
    y: Classes | None
    labels: tuple[str, ...]


def read(path: Path) -> DataFile:
    """Values x (or the only one), and y and labels where there are such.

    Raises:
        InputError: not there, damaged, without an array x, or with another number of classes.
        OutOfMemoryError: it is larger than the memory, or says so.
    """
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            arrays: dict[str, Values] = {"x": loaded}
        else:
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} can't be read: {reason}", "write it with numpy.savez(FILE, x=samples)"
        ) from error
    except MemoryError as error:
        raise OutOfMemoryError(
            f"{path} can't be read: {str(error) or 'it is larger than the memory'}",
            "give fewer samples; a file that should not be so large is damaged",
        ) from error
    names = [name for name in arrays if name not in {"y", "labels"}]
    if "x" not in arrays and len(names) != 1:
        listed = ", ".join(sorted(arrays)) or "nothing"
        raise InputError(
            f"{path} has no array x, and more or less than one other", f"it has: {listed}"
        )
    x = arrays["x"] if "x" in arrays else arrays[names[0]]
    if x.ndim == 0:
        raise InputError(f"{path}: the array is a single number", "give samples (n, ...)")
    labels = tuple(str(label) for label in arrays.get("labels", np.array([])).ravel())
    return DataFile(x, _classes(path, arrays.get("y"), len(x)), labels)


def _classes(path: Path, y: Values | None, count: int) -> Classes | None:
    """Class numbers from numbers or one-hot rows."""
    if y is None:
        return None
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2:
        y = y.argmax(axis=1)
    if y.ndim != 1 or len(y) != count:
        raise InputError(
            f"{path}: y has the shape {y.shape} for {count} samples", "y is one class per sample"
        )
    if y.dtype.kind not in "iub" and not (y.dtype.kind == "f" and np.all(y == np.round(y))):
        raise InputError(f"{path}: y is {y.dtype}, not class numbers", "y is one class per sample")
    return y.astype(np.int64)

"""Real data that comes with a Python package, one set a file; its name is the module's.

A module of this package has `DESCRIPTION` and `pictures(split)` -> (x, y, labels): `split` is
"train" (for calibration) or "test" (for evaluation), x is float32 (n, height, width) from 0, black,
to 1, white, y the classes (n,), both always in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit import registry
from edgekit.convert._data import DataSet, Picture, evenly
from edgekit.ir.tensor import Array

__all__ = ["load", "names", "resized"]

_PACKAGE = "edgekit.convert.sets"


def names() -> list[str]:
    """The sets' names."""
    return registry.names(_PACKAGE)


def load(name: str, split: str, picture: Picture, limit: int | None = None) -> DataSet:
    """A built-in set, resized and scaled to what the model wants.

    Args:
        name: one of `names()`.
        split: "train" or "test".
        picture: the model's input; grey pictures are repeated over its channels.
        limit: the most pictures, evenly spread over the set; all if None.

    Raises:
        InputError: there is no such set.
        ToolError: the package that has the data is not installed.
    """
    x, y, labels = registry.load(_PACKAGE, name, "data set").pictures(split)
    total = len(x)
    if limit is not None:
        keep = evenly(total, limit)
        x, y = x[keep], y[keep]
    height, width, channels = picture.shape
    x = resized(x, height, width) * np.float32(picture.high - picture.low) + np.float32(picture.low)
    x = np.repeat(x[..., None], channels, axis=-1)
    return DataSet(f"{name} ({split})", np.ascontiguousarray(x, np.float32), y, labels, total)


def resized(x: Array, height: int, width: int) -> Array:
    """Bilinear resizing of (n, height, width), pixel centres aligned; float32."""
    rows, columns = _weights(x.shape[1], height), _weights(x.shape[2], width)
    out: Array = np.einsum("ij,njk,lk->nil", rows, x, columns, optimize=True)
    return out.astype(np.float32)


def _weights(size: int, wanted: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The matrix (wanted, size) that interpolates along one axis."""
    at = np.clip((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0, size - 1)
    left = np.minimum(at.astype(int), max(size - 2, 0))
    right = np.minimum(left + 1, size - 1)
    matrix = np.zeros((wanted, size))
    matrix[np.arange(wanted), left] += 1 - (at - left)
    matrix[np.arange(wanted), right] += at - left
    return matrix

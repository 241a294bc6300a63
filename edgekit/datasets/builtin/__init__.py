"""Real data that comes with a Python package, one set a file; its name is the module's.

A module of this package has `DESCRIPTION` and `pictures(split)` -> (x, y, labels): `split` is
"train" (for training and calibration) or "test" (for evaluation), x is float32 (n, height, width)
from 0, black, to 1, white, y the classes (n,), both always in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit import registry
from edgekit.datasets._memory import check_room
from edgekit.datasets._samples import Array, Form, Samples, evenly

DESCRIPTION = "a built-in set, by its name"
RAW = ""  # pictures that were prepared, unless a contract asks for them as they were

_PACKAGE = "edgekit.datasets.builtin"


def names() -> list[str]:
    """The sets' names."""
    return registry.names(_PACKAGE)


def accepts(source: str) -> bool:
    """Whether it is the name of a set."""
    return source in names()


def read(source: str, form: Form, split: str, limit: int | None) -> Samples:
    """A built-in set, resized and scaled to what the model wants.

    Args:
        source: one of `names()`.
        form: the model's input; grey pictures are repeated over its channels.
        split: "train" or "test".
        limit: the most pictures, evenly spread over the set; all if None.

    Raises:
        InputError: there is no such set, the model takes no pictures, or more than the memory
            holds.
        ToolError: the package that has the data is not installed.
    """
    module = registry.load(_PACKAGE, source, "data set")
    shape = form.picture(source)
    x, y, labels = module.pictures(split)
    total = len(x)
    keep = evenly(total, limit)
    x, y = x[keep], y[keep].astype(np.int64)
    height, width, channels = shape or (*x.shape[1:], 1)
    check_room(source, len(x), (height, width, channels))
    if form.pixels is not None:
        raw = np.repeat(np.round(x * 255).astype(np.uint8)[..., None], 3, axis=-1)
        x = np.stack([form.pixels(picture) for picture in raw])
        return Samples(f"{source} ({split})", x, y, labels, total)
    x = resized(x, height, width) * np.float32(form.high - form.low) + np.float32(form.low)
    x = np.repeat(x[..., None], channels, axis=-1)
    return Samples(f"{source} ({split})", np.ascontiguousarray(x, np.float32), y, labels, total)


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

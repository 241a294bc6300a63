"""Holds samples against a model's input and classes."""

from __future__ import annotations

import numpy as np

from edgekit.datasets._samples import Array, Samples
from edgekit.errors import InputError


def in_shape(data: Samples, shape: tuple[int, ...]) -> Array:
    """Samples (n, *shape); axes of size 1 may be missing or added.

    Args:
        data: as it was read.
        shape: the model's input without the batch.

    Raises:
        InputError: another shape.
    """
    squeezed = [size for size in shape if size != 1]
    if [size for size in data.x.shape[1:] if size != 1] == squeezed:
        return data.x.reshape(len(data.x), *shape)
    found, expected = _times(data.x.shape[1:]), _times(shape)
    if tuple(data.x.shape) == shape:
        hint = f"this is one sample without the first axis: give (n, {expected.replace('x', ', ')})"
    else:
        hint = f"each sample must be {expected}; the array has the shape {data.x.shape}"
    raise InputError(
        f"{data.origin}: samples of {found or 'single numbers'} don't fit the model's input "
        f"of {expected}",
        hint,
    )


def require_floats(data: Samples) -> None:
    """Refuse integers, of which nobody knows how they are to be scaled.

    Raises:
        InputError: the samples are no floating-point numbers.
    """
    kind = data.x.dtype
    if kind.kind == "f":
        return
    message = f"{data.origin}: x is {kind}, but the model takes float32"
    if kind == np.uint8:
        hint = (
            "scale pixels as in training, e.g. (x / 255).astype('float32'); if the model does "
            "take 0 to 255, store x.astype('float32')"
        )
    elif kind == np.int8:
        hint = (
            "this looks already quantized: turn it back with scale * (x - zero_point) of the "
            "quantization it was made for, as float32"
        )
    elif kind.kind in "iu":
        hint = "store the values that the model was trained on, as float32"
    else:
        hint = "store numbers, as float32"
    raise InputError(message, hint)


def finite(data: Samples, samples: Array) -> Array:
    """Samples as float32.

    Args:
        data: where they come from.
        samples: (n, ...), numbers.

    Raises:
        InputError: a value is NaN, infinite, or too large for float32.
    """
    with np.errstate(over="ignore"):
        converted: Array = samples.astype(np.float32)
    bad = ~np.isfinite(converted)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError(
            f"{data.origin}: {int(bad.sum())} values are NaN, infinite or too large for float32, "
            f"the first in sample {where[0]} at {where[1:]}",
            "remove or repair these samples",
        )
    return converted


def classes(data: Samples, count: int) -> Array:
    """The classes, int64 (n,), each in 0 to count - 1.

    Raises:
        InputError: there are none, or one is out of range; the sample is named.
    """
    if data.y is None:
        raise InputError(
            f"{data.origin} has no classes",
            "give an .npz with x and y, a .csv with a column label, or a folder with one folder "
            "per class",
        )
    wrong = np.flatnonzero((data.y < 0) | (data.y >= count))
    if wrong.size:
        first = int(wrong[0])
        raise InputError(
            f"{data.origin}: {wrong.size} classes are out of range, the first is "
            f"{int(data.y[first])} in sample {first}; the model has {count} classes, 0 to "
            f"{count - 1}",
            "number the classes from 0 in the order of the model's outputs",
        )
    return data.y


def _times(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))

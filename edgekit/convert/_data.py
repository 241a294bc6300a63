"""Samples as they were read, before they are checked against a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.ir.tensor import Array


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Inputs, and their classes where they are known.

    Attributes:
        origin: where they come from, for messages.
        x: (n, ...), any dtype.
        y: class numbers (n,), or None.
        labels: the classes' names; empty where there are none.
        total: how many samples the origin has; `x` may be a part of them.
    """

    origin: str
    x: Array
    y: Array | None = None
    labels: tuple[str, ...] = ()
    total: int = 0


def evenly(total: int, limit: int) -> Array:
    """Positions of at most `limit` samples out of `total`, evenly spread, always the same."""
    count = min(total, limit)
    return np.arange(count) * total // max(count, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a model wants a picture to be.

    Attributes:
        shape: height, width, channels.
        low: the value of black.
        high: the value of white.
    """

    shape: tuple[int, int, int]
    low: float
    high: float

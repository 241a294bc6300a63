"""Samples as they were read, and as a training takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edgekit.errors import InputError

Array = npt.NDArray[Any]


class Features(Protocol):
    """A front end: what is computed from a recording before a network sees it."""

    @property
    def sample_rate_hz(self) -> int:
        """Of the recordings that it takes."""

    @property
    def window(self) -> int:
        """Length of the recording that it takes, in samples."""

    def __call__(self, wave: Array) -> Array:
        """Features, float32 of the network's input shape, of a wave (window,) in -1 to 1."""


class Columns(Protocol):
    """What is made of a table's rows before a network sees them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns that it takes."""

    def __call__(self, row: Array) -> Array:
        """Rows (n, columns) as the network takes them, float32."""


@dataclass(frozen=True, slots=True)
class Form:
    """What samples have to look like for a model.

    Attributes:
        shape: the model's input without the batch; None leaves samples as their source has them.
        low: the value of black in pictures.
        high: the value of white.
        features: the front end of recordings; None leaves them as waves.
        pixels: what makes the input of a picture (height, width, 3), uint8, red first, of any
            size; None resizes it and scales it from `low` to `high`.
        columns: what makes the input of a table's rows; None leaves them as they are.
    """

    shape: tuple[int, ...] | None = None
    low: float = 0.0
    high: float = 1.0
    features: Features | None = None
    pixels: Callable[[Array], Array] | None = None
    columns: Columns | None = None

    def picture(self, source: str) -> tuple[int, int, int] | None:
        """Height, width and channels of a picture; None where any will do.

        Raises:
            InputError: the model's input is no picture.
        """
        if self.shape is None:
            return None
        shape = (*self.shape, 1) if len(self.shape) == 2 else self.shape
        if len(shape) != 3 or shape[2] not in (1, 3):
            raise InputError(
                f"the model's input is no picture, so {source!r} doesn't fit it",
                "give the samples as an .npz with the model's input shape",
            )
        return shape[0], shape[1], shape[2]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Inputs, and their classes where they are known.

    Attributes:
        origin: where they come from, for messages.
        x: (n, ...), any dtype.
        y: class numbers (n,), int64, or None.
        labels: the classes' names; empty where there are none.
        total: how many samples the origin has; `x` may be a part of them.
        notes: what the user should know of how they were read.
    """

    origin: str
    x: Array
    y: Array | None = None
    labels: tuple[str, ...] = ()
    total: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    def take(self, positions: Array) -> Samples:
        """The samples at these positions."""
        y = None if self.y is None else self.y[positions]
        return replace(self, x=self.x[positions], y=y)


def evenly(total: int, limit: int | None) -> Array:
    """Positions of at most `limit` samples out of `total`, evenly spread, always the same."""
    count = total if limit is None else min(total, limit)
    return np.arange(count) * total // max(count, 1)

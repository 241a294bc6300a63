"""How the elements of a tensor lie in the arena, where that is not NHWC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.errors import DeviceError
from edgekit.ir.tensor import Array

_WORD = 4


@dataclass(frozen=True, slots=True)
class ColumnPairs:
    """An int8 image as 16-bit pairs of neighbouring columns, with a border of zero points.

    Word [channel][pair][row] holds two columns of the image with its border, int16 each, the left
    one in the lower half (ek_column_pairs.h). Whatever is not in the image is border.

    Attributes:
        rows: of a channel, the border included; an even number.
        pairs: of columns, the border included.
        top: rows of border above the image.
        left: columns of border before it.
        border: the tensor's zero point.
    """

    rows: int
    pairs: int
    top: int
    left: int
    border: int

    @property
    def plane_bytes(self) -> int:
        """Bytes of a channel."""
        return self.rows * self.pairs * _WORD

    def nbytes(self, shape: tuple[int, ...]) -> int:
        """Bytes of a tensor [1, height, width, channels]."""
        return self.plane_bytes * shape[3]

    def encode(self, values: Array) -> bytes:
        """What the arena holds of int8 values [1, height, width, channels]."""
        _, height, width, channels = values.shape
        found = np.full((channels, self.rows, 2 * self.pairs), self.border, "<i2")
        inside = found[:, self.top : self.top + height, self.left : self.left + width]
        inside[...] = np.moveaxis(values[0], 2, 0)
        words = found.reshape(channels, self.rows, self.pairs, 2)
        return np.ascontiguousarray(np.moveaxis(words, 1, 2)).tobytes()

    def decode(self, data: bytes, shape: tuple[int, ...]) -> Array:
        """The int8 values [1, height, width, channels] that the arena holds as `data`.

        Raises:
            DeviceError: these are not so many bytes, or a value is none of int8.
        """
        _, height, width, channels = shape
        if len(data) != self.nbytes(shape):
            raise DeviceError(
                f"the device sends {len(data)} bytes of a tensor of {self.nbytes(shape)}"
            )
        words = np.frombuffer(data, "<i2").reshape(channels, self.pairs, self.rows, 2)
        planes = np.moveaxis(words, 1, 2).reshape(channels, self.rows, 2 * self.pairs)
        inside = planes[:, self.top : self.top + height, self.left : self.left + width]
        if inside.size and (inside.min() < -128 or inside.max() > 127):
            raise DeviceError("the device sends a value that int8 does not have")
        return np.moveaxis(inside, 0, 2)[None].astype(np.int8)

    def __str__(self) -> str:
        return f"pairs of columns, {self.pairs} x {self.rows} rows a channel, bordered"


Layout = ColumnPairs | None
"""None is NHWC: the tensor's elements in their order."""

"""A tensor and its quantization parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekit.ir.dtype import DType

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Quant:
    """Affine quantization: real = scale * (q - zero_point).

    Attributes:
        scales: one, or one per channel along `axis`; float32 values.
        zero_points: as many as scales.
        axis: the channel axis; meaningless with one scale.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def per_channel(self) -> bool:
        """Whether there is more than one scale."""
        return len(self.scales) > 1

    @property
    def scale(self) -> float:
        """The scale of a per-tensor quantization."""
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        """The zero point of a per-tensor quantization."""
        return self.zero_points[0]


@dataclass(frozen=True, slots=True)
class Live:
    """What is left of a tensor's channels, which lie along its last axis.

    Attributes:
        count: channels that the model's own tensor has.
        channels: which of them are computed, ascending.
        constants: the others that are proven to have one value wherever they stand and whatever
            the input is, as (channel, value). What is in neither is read by nothing.
    """

    count: int
    channels: tuple[int, ...]
    constants: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A value in the graph.

    Attributes:
        name: the model's own name; any text, never to be trusted in code or paths.
        dtype: element type.
        shape: dimensions, outermost first; () is a scalar.
        quant: quantization parameters, None where there are none.
        data: contents of a constant, read-only, of `shape`; None for an activation.
        live: which channels of the model's tensor `shape` has room for; None for all of them.
    """

    name: str
    dtype: DType
    shape: tuple[int, ...]
    quant: Quant | None = None
    data: Array | None = None
    live: Live | None = None

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that the elements take, unpadded."""
        return self.size * self.dtype.itemsize

    @property
    def is_const(self) -> bool:
        """Whether the contents are known when the code is generated."""
        return self.data is not None


def constant(
    name: str, data: Array, quant: Quant | None = None, dtype: DType | None = None
) -> Tensor:
    """A constant tensor that takes shape and, without `dtype`, type from `data`; freezes it."""
    frozen = np.ascontiguousarray(data).reshape(data.shape)
    if frozen is data or frozen.base is not None:
        frozen = frozen.copy()
    frozen.setflags(write=False)
    return Tensor(name, dtype or DType(str(data.dtype)), tuple(data.shape), quant, frozen)

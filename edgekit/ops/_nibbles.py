"""Weights of 4 bits: in a graph as int8 numbers from -8 to 7, in files and flash two in a byte."""

from __future__ import annotations

import numpy as np

from edgekit.ir import DType, Tensor
from edgekit.ir.tensor import Array


def pack(values: Array) -> Array:
    """Numbers in their order, the first one in the low half of a byte; uint8."""
    flat = np.append(values.reshape(-1), np.zeros(values.size % 2, np.int8))
    halves = (flat.astype(np.int16) & 0xF).astype(np.uint8)
    return np.asarray(halves[::2] | (halves[1::2] << 4))


def unpack(packed: Array, count: int) -> Array:
    """The first `count` numbers; int8."""
    halves = np.stack([packed & 0xF, packed >> 4], axis=-1).reshape(-1)[:count].astype(np.int8)
    return np.asarray(np.where(halves > 7, halves - 16, halves), np.int8)


def stored(tensor: Tensor) -> Array:
    """A constant's contents as flash has them."""
    assert tensor.data is not None
    return pack(tensor.data) if tensor.dtype is DType.INT4 else tensor.data

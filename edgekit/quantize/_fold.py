"""What a BatchNormalization, a Rescaling or a Normalization does, as a factor and an offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """y = x * factor + offset, per channel (last axis), float32 (channels,)."""

    factor: Array
    offset: Array


def affine(layer: Any, channels: int, rank: int) -> Affine:
    """The layer's arithmetic in inference, on values of `rank` dimensions with the batch.

    Raises:
        UnsupportedError: it works along another axis than the last one.
    """
    kind = type(layer).__name__
    if kind == "Rescaling":
        factor, offset = np.asarray(layer.scale), np.asarray(layer.offset)
    elif kind == "Normalization":
        mean, variance = np.asarray(layer.mean), np.asarray(layer.variance)
        if mean.ndim and mean.size not in (1, channels):
            raise _wrong_axis(layer)
        deviation = np.maximum(np.sqrt(variance.ravel()), 1e-7)
        factor, offset = 1.0 / deviation, -mean.ravel() / deviation
    else:
        if layer.axis not in (-1, rank - 1):
            raise _wrong_axis(layer)
        factor, offset = _batch_norm(layer)
    return Affine(_spread(factor, channels, layer), _spread(offset, channels, layer))


def _batch_norm(layer: Any) -> tuple[Array, Array]:
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    factor = 1.0 / np.sqrt(variance.astype(np.float64) + layer.epsilon)
    if layer.scale:
        factor = factor * np.asarray(layer.gamma)
    offset = -mean * factor
    if layer.center:
        offset = offset + np.asarray(layer.beta)
    return factor, offset


def _spread(values: Array, channels: int, layer: Any) -> Array:
    flat = np.asarray(values, np.float32).ravel()
    if flat.size not in (1, channels):
        raise _wrong_axis(layer)
    return np.ascontiguousarray(np.broadcast_to(flat, (channels,)))


def _wrong_axis(layer: Any) -> UnsupportedError:
    return UnsupportedError(
        f"layer {layer.name!r} ({type(layer).__name__}) works along another axis than the last",
        "put the channels last",
    )

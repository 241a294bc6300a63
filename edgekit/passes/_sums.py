"""Between which limits the sums of a weighted layer stay, exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of
from edgekit.ops._conv import bias_of, channel_multipliers, taps, windows
from edgekit.ops._quant import INT32_MAX, INT32_MIN

SUMS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
# Filters whose weights are looked at together, so that a large layer needs little memory.
_CHUNK = 64

Int64 = npt.NDArray[np.int64]


def sum_limits(op: Op, graph: Graph, low: Int64, high: Int64) -> tuple[Int64, Int64]:
    """Least and greatest sum of each filter with its bias, over all positions and inputs.

    Both are reached: each channel's limit is weighted by the sign of its weight, and taps in the
    padding count as they do, position by position.

    Args:
        op: one of SUMS.
        graph: its graph.
        low, high: limits of each input channel.

    Returns:
        Two arrays, [filters].
    """
    zero = quant_of(graph.input(op, 0)).zero_point
    limits = (low - zero).astype(np.float64), (high - zero).astype(np.float64)
    of_taps = _of_taps(op, graph, *limits)
    filters = graph.output(op).shape[-1]
    bias = bias_of(op, graph, filters).astype(np.int64)
    if op.kind == "FULLY_CONNECTED":
        return of_taps[0] + bias, of_taps[1] + bias
    inside = _inside(op, graph)
    least, greatest = (_over_positions(sums, *inside) for sums in of_taps)
    return least.min(axis=1) + bias, greatest.max(axis=1) + bias


def may_wrap(op: Op, graph: Graph, sums: Int64) -> npt.NDArray[np.bool_]:
    """For which filters scaling can leave 32 bits: requantization is monotone for the others.

    Where the multiplier is above 1 a sum is shifted to the left first, and C wraps there.

    Args:
        op: one of SUMS.
        graph: its graph.
        sums: [anything, filters].
    """
    shifted = sums << np.maximum(channel_multipliers(op, graph)[1].astype(np.int64), 0)
    return np.asarray((shifted.min(axis=0) < INT32_MIN) | (shifted.max(axis=0) > INT32_MAX))


def is_padded(op: Op, graph: Graph) -> bool:
    """Whether a tap of a weighted sum is outside of the input somewhere."""
    if op.kind == "FULLY_CONNECTED":
        return False
    return not all(inside.all() for inside in _inside(op, graph))


def _of_taps(op: Op, graph: Graph, low: Array, high: Array) -> tuple[Int64, Int64]:
    """Limits of the sum over the channels: [filters, kernel height, width], or [filters]."""
    weights = graph.input(op, 1).data
    assert weights is not None
    if op.kind == "FULLY_CONNECTED":
        depth, tensor = weights.shape[1], graph.input(op, 0)
        rows = [np.broadcast_to(side, tensor.shape).reshape(-1, depth) for side in (low, high)]
        return _weighted(weights, rows[0].min(axis=0), rows[1].max(axis=0))
    if op.kind == "DEPTHWISE_CONV_2D":
        return _by_channel(weights, low, high, op.attrs.depth_multiplier)
    groups = np.split(np.arange(len(low)), len(low) // weights.shape[3])
    parts = [
        _weighted(part, low[group], high[group])
        for part, group in zip(np.split(weights, len(groups)), groups, strict=True)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _by_channel(weights: Array, low: Array, high: Array, multiplier: int) -> tuple[Int64, Int64]:
    """Limits per filter and tap of a depthwise convolution, where a filter has one channel."""
    kernels = np.moveaxis(weights[0], -1, 0).astype(np.int64)
    low, high = (
        np.repeat(side, multiplier).astype(np.int64)[:, None, None] for side in (low, high)
    )
    ends = kernels * low, kernels * high
    return np.minimum(*ends), np.maximum(*ends)


def _weighted(weights: Array, low: Array, high: Array) -> tuple[Int64, Int64]:
    """Least and greatest sum over the last axis; float64 holds them exactly."""
    least, greatest = [], []
    for start in range(0, len(weights), _CHUNK):
        part = weights[start : start + _CHUNK].astype(np.float64)
        up, down = np.maximum(part, 0), np.minimum(part, 0)
        least.append(up @ low + down @ high)
        greatest.append(up @ high + down @ low)
    return np.concatenate(least).astype(np.int64), np.concatenate(greatest).astype(np.int64)


def _inside(op: Op, graph: Graph) -> tuple[Int64, Int64]:
    """Which taps lie inside of the input, along rows and columns: [distinct patterns, taps]."""
    attrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    over_rows, over_columns = windows(op, graph)
    rows = taps(over_rows, attrs.stride_h, kernel_h, attrs.dilation_h_factor)
    columns = taps(over_columns, attrs.stride_w, kernel_w, attrs.dilation_w_factor)
    return (
        np.unique((rows >= 0) & (rows < height), axis=0).astype(np.int64),
        np.unique((columns >= 0) & (columns < width), axis=0).astype(np.int64),
    )


def _over_positions(per_tap: Int64, rows: Int64, columns: Int64) -> Int64:
    """Sums of the taps inside, for every kind of position: [filters, kinds of position]."""
    sums = np.einsum("fij,ri,cj->frc", per_tap, rows, columns, optimize=True)
    return np.asarray(sums.reshape(len(per_tap), -1), np.int64)

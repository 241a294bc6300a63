"""Between which values every channel of a tensor stays, whatever the model's input is.

Interval arithmetic in integers, exact at every op by the op's own functions: sums of products are
bounded by weighting each input channel's limit by the sign of its weight, and all that follows
(requantization, clamping, pooling, addition) never falls where its argument rises, so that
limits go to limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit import ops
from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers, requantized, taps, windows
from edgekit.ops._elementwise import wrong_rescale
from edgekit.ops._quant import INT32_MAX, INT32_MIN

# Ops whose outputs never fall where an input rises: their references take limits to limits.
_MONOTONE = frozenset(
    {
        *("ADD", "AVERAGE_POOL_2D", "CONCATENATION", "MAX_POOL_2D", "MEAN", "PAD", "PADV2"),
        *("QUANTIZE", "RELU", "RELU6", "RESHAPE"),
    }
)
# Filters whose weights are looked at together, so that a large layer needs little memory.
_CHUNK = 64

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Least and greatest value of each channel (along the last axis), both included."""

    low: Int64
    high: Int64

    @property
    def constant(self) -> npt.NDArray[np.bool_]:
        """Which channels have one value only."""
        return np.asarray(self.low == self.high)


def intervals(graph: Graph) -> dict[int, Interval]:
    """The interval of every int8 tensor that has channels, by its index.

    Args:
        graph: any graph that verify_graph accepts and whose ops are supported.
    """
    found: dict[int, Interval] = {}
    for index, tensor in enumerate(graph.tensors):
        if tensor.dtype is DType.INT8 and tensor.shape:
            found[index] = _of_tensor(tensor)
    for op in graph.ops:
        index = op.outputs[0]
        if index not in found or op.inputs[0] not in found:
            continue
        if op.kind in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            found[index] = _of_sums(op, graph, found[op.inputs[0]])
        elif op.kind in _MONOTONE and not _may_wrap(op, graph):
            found[index] = _of_limits(op, graph, found)
    return found


def is_padded(op: Op, graph: Graph) -> bool:
    """Whether a tap of a weighted sum is outside of the input somewhere."""
    if op.kind == "FULLY_CONNECTED":
        return False
    return not all(inside.all() for inside in _inside(op, graph))


def _of_tensor(tensor: Tensor) -> Interval:
    """What is known without looking at the op that writes it."""
    channels = tensor.shape[-1]
    if tensor.data is not None:
        values = tensor.data.reshape(-1, channels).astype(np.int64)
        return Interval(values.min(axis=0), values.max(axis=0))
    return Interval(np.full(channels, INT8_MIN, np.int64), np.full(channels, INT8_MAX, np.int64))


def _may_wrap(op: Op, graph: Graph) -> bool:
    """Whether MEAN's scaling can leave 32 bits, which C and the reference let wrap."""
    return op.kind == "MEAN" and wrong_rescale(graph.input(op, 0), graph.output(op)) is not None


def _of_limits(op: Op, graph: Graph, found: dict[int, Interval]) -> Interval:
    """What the reference makes of all inputs at their lowest, and of all at their highest."""
    channels = graph.output(op).shape[-1]
    ends = []
    for side in ("low", "high"):
        inputs: list[Array | None] = []
        for index in op.inputs:
            tensor = graph.tensors[index]
            if index == ABSENT:
                inputs.append(None)
            elif tensor.data is not None:
                inputs.append(tensor.data)
            else:
                values = getattr(found[index], side).astype(np.int8)
                inputs.append(np.broadcast_to(values, tensor.shape))
        result = ops.find(op.kind).reference(op, graph, inputs)
        ends.append(result.reshape(-1, channels).astype(np.int64))
    return Interval(ends[0].min(axis=0), ends[1].max(axis=0))


def _of_sums(op: Op, graph: Graph, x: Interval) -> Interval:
    """The output of a weighted sum whose inputs are within `x`."""
    filters = graph.output(op).shape[-1]
    bias = bias_of(op, graph, filters).astype(np.int64)
    sums = np.stack(_sum_limits(op, graph, x)) + bias
    result = requantized(op, graph, sums).astype(np.int64)
    # Where the multiplier is above 1 the sum is shifted to the left first, and C wraps there.
    shifted = sums << np.maximum(channel_multipliers(op, graph)[1].astype(np.int64), 0)
    wraps = (shifted.min(axis=0) < INT32_MIN) | (shifted.max(axis=0) > INT32_MAX)
    return Interval(np.where(wraps, INT8_MIN, result[0]), np.where(wraps, INT8_MAX, result[1]))


def _sum_limits(op: Op, graph: Graph, x: Interval) -> tuple[Int64, Int64]:
    """Least and greatest sum of each filter, without the bias, over all positions."""
    zero = quant_of(graph.input(op, 0)).zero_point
    low, high = (x.low - zero).astype(np.float64), (x.high - zero).astype(np.float64)
    weights = graph.input(op, 1).data
    assert weights is not None
    if op.kind == "FULLY_CONNECTED":
        depth, tensor = weights.shape[1], graph.input(op, 0)
        rows = [np.broadcast_to(side, tensor.shape).reshape(-1, depth) for side in (low, high)]
        return _weighted(weights, rows[0].min(axis=0), rows[1].max(axis=0))
    if op.kind == "DEPTHWISE_CONV_2D":
        parts = _by_channel(weights, low, high, op.attrs.depth_multiplier)
    else:
        depth = weights.shape[3]
        groups = np.split(np.arange(len(low)), len(low) // depth)
        parts = [
            _weighted(part, low[group], high[group])
            for part, group in zip(np.split(weights, len(groups)), groups, strict=True)
        ]
    least, greatest = (np.concatenate(side) for side in zip(*parts, strict=True))
    rows_in, columns_in = _inside(op, graph)
    return (
        _over_positions(least, rows_in, columns_in).min(axis=1),
        _over_positions(greatest, rows_in, columns_in).max(axis=1),
    )


def _by_channel(
    weights: Array, low: Array, high: Array, multiplier: int
) -> list[tuple[Int64, Int64]]:
    """Limits per filter and tap of a depthwise convolution, where a filter has one channel."""
    kernels = np.moveaxis(weights[0], -1, 0).astype(np.int64)
    low, high = (
        np.repeat(side, multiplier).astype(np.int64)[:, None, None] for side in (low, high)
    )
    ends = kernels * low, kernels * high
    return [(np.minimum(*ends), np.maximum(*ends))]


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

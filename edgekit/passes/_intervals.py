"""Between which values every channel of a tensor stays, whatever the model's input is.

Interval arithmetic in integers, exact at every op by the op's own functions: sums of products are
bounded by weighting each input channel's limit by the sign of its weight, and all that follows
(requantization, clamping, pooling, addition) never falls where its argument rises, so that
limits go to limits. Functions of one value, which may fall and rise, are tried at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit import ops
from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN
from edgekit.ops._conv import requantized
from edgekit.ops._elementwise import wrong_rescale
from edgekit.passes._sums import SUMS, Int64, may_wrap, sum_limits

# Ops whose outputs never fall where an input rises: their references take limits to limits. Where
# the output never rises with the second input, that one's other limit is taken.
_MONOTONE = frozenset(
    {
        *("ADD", "AVERAGE_POOL_2D", "CONCATENATION", "MAX_POOL_2D", "MEAN", "PAD", "PADV2"),
        *("REDUCE_MAX", "REDUCE_MIN", "RESHAPE", "RESIZE_NEAREST_NEIGHBOR", "SUB", "SUM"),
        "TRANSPOSE",
    }
)


_FALLING = {("SUB", 1)}


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
        if op.kind in SUMS:
            found[index] = _of_sums(op, graph, found[op.inputs[0]])
        elif ops.maps_values(op, graph):
            found[index] = _of_values(op, graph, found[op.inputs[0]])
        elif op.kind in _MONOTONE and _is_known(op, graph, found):
            found[index] = _of_limits(op, graph, found)
    return found


def _of_tensor(tensor: Tensor) -> Interval:
    """What is known without looking at the op that writes it."""
    channels = tensor.shape[-1]
    if tensor.data is not None:
        values = tensor.data.reshape(-1, channels).astype(np.int64)
        return Interval(values.min(axis=0), values.max(axis=0))
    return Interval(np.full(channels, INT8_MIN, np.int64), np.full(channels, INT8_MAX, np.int64))


def _is_known(op: Op, graph: Graph, found: dict[int, Interval]) -> bool:
    """Whether every input has limits, and MEAN's scaling does not leave 32 bits.

    C and the reference let it wrap there.
    """
    if op.kind == "MEAN" and wrong_rescale(graph.input(op, 0), graph.output(op)) is not None:
        return False
    return all(i == ABSENT or i in found or graph.tensors[i].is_const for i in op.inputs)


def _of_values(op: Op, graph: Graph, x: Interval) -> Interval:
    """The least and the greatest that the reference makes of the values within `x`."""
    values = np.arange(INT8_MIN, INT8_MAX + 1)[:, None]
    results = ops.find(op.kind).reference(op, graph, [values.astype(np.int8)]).astype(np.int64)
    within = (x.low <= values) & (values <= x.high)
    low, high = (np.where(within, results, outside) for outside in (INT8_MAX, INT8_MIN))
    return Interval(low.min(axis=0), high.max(axis=0))


def _of_limits(op: Op, graph: Graph, found: dict[int, Interval]) -> Interval:
    """What the reference makes of all inputs at their lowest, and of all at their highest."""
    channels = graph.output(op).shape[-1]
    ends = []
    for side, opposite in (("low", "high"), ("high", "low")):
        inputs: list[Array | None] = []
        for position, index in enumerate(op.inputs):
            tensor = graph.tensors[index]
            if index == ABSENT:
                inputs.append(None)
            elif tensor.data is not None:
                inputs.append(tensor.data)
            else:
                end = opposite if (op.kind, position) in _FALLING else side
                values = getattr(found[index], end).astype(np.int8)
                inputs.append(np.broadcast_to(values, tensor.shape))
        result = ops.find(op.kind).reference(op, graph, inputs)
        ends.append(result.reshape(-1, channels).astype(np.int64))
    return Interval(ends[0].min(axis=0), ends[1].max(axis=0))


def _of_sums(op: Op, graph: Graph, x: Interval) -> Interval:
    """The output of a weighted sum whose inputs are within `x`."""
    sums = np.stack(sum_limits(op, graph, x.low, x.high))
    result = requantized(op, graph, sums).astype(np.int64)
    unknown = may_wrap(op, graph, sums)
    return Interval(np.where(unknown, INT8_MIN, result[0]), np.where(unknown, INT8_MAX, result[1]))

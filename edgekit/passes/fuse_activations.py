"""Takes RELU, RELU6 and int8 QUANTIZE into the op in front, where not a single value changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from edgekit import ops
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import CLAMPING, INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._conv import channel_multipliers, requantized
from edgekit.ops._quant import multiply_by_quantized_multiplier
from edgekit.passes._edges import every_op, inner_readers, is_supported, replaced, writer
from edgekit.passes._intervals import Interval, intervals
from edgekit.passes._sums import SUMS, Int64, may_wrap, sum_limits

_BEHIND = ("QUANTIZE", "RELU", "RELU6")
_POOLS = ("AVERAGE_POOL_2D", "MAX_POOL_2D")
_OF_TWO = ("ADD", "MUL", "SUB")
_EVERY = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)
# Beyond these a value is held at the same end, whatever its zero point is.
_FAR = 512
# Arguments that two functions are compared at before their steps are looked for.
_GLIMPSES = 65


def fuse_activations(graph: Graph) -> Graph:
    """Let ops that clamp anyway write the result of the RELU, RELU6 or QUANTIZE behind them.

    That is done only where both ways are proven to give the same, for every sum that a layer can
    have, every pair of values of ADD, SUB and MUL, every value of a pooling. Rounding once is not
    rounding twice, so a change of scale mostly stays.
    """
    known: dict[int, Interval] = {}
    for index in every_op(graph):
        op = writer(graph, index)
        if op is None or op.kind not in _BEHIND or graph.input(op, 0).dtype is not DType.INT8:
            continue
        front = writer(graph, op.inputs[0])
        if front is None or len(inner_readers(graph, op.inputs[0])) != 1:
            continue
        known = known or intervals(graph)
        fused = _fused(front, op, graph, known)
        if fused is not None:
            graph = replaced(graph, {op.outputs[0]: fused}, [front])
    return graph


def _fused(front: Op, behind: Op, graph: Graph, known: dict[int, Interval]) -> Op | None:
    """One op that does what both do; None where none does exactly that."""
    if front.kind not in (*SUMS, *_POOLS, *_OF_TWO):
        return None
    for activation in CLAMPING:
        attrs = dataclasses.replace(front.attrs, fused_activation_function=activation)
        made = dataclasses.replace(front, outputs=behind.outputs, attrs=attrs)
        if is_supported(graph, made) and _is_same(front, behind, made, graph, known):
            return made
    return None


def _is_same(front: Op, behind: Op, made: Op, graph: Graph, known: dict[int, Interval]) -> bool:
    """Whether `made` writes what `behind` makes of what `front` writes, always."""

    def then(values: Array) -> Array:
        return ops.find(behind.kind).reference(behind, graph, [values])

    if front.kind in _POOLS:  # `made` has scale and zero point of its input: a rule of its kind
        return np.array_equal(then(_held(front, graph, _EVERY)), _held(made, graph, _EVERY))
    if front.kind in _OF_TWO:
        return np.array_equal(then(_of_pairs(front, graph)), _of_pairs(made, graph))
    x = known.get(front.inputs[0])
    if x is None:  # a scalar
        return False
    limits = np.stack(sum_limits(front, graph, x.low, x.high))
    if may_wrap(front, graph, limits).any() or may_wrap(made, graph, limits).any():
        return False
    multipliers = channel_multipliers(front, graph)
    if np.array_equal(multipliers, channel_multipliers(made, graph)):
        # Both begin with the same scaled sum, so that all of these can be tried.
        scaled = multiply_by_quantized_multiplier(limits, *multipliers).clip(-_FAR, _FAR)
        every = np.arange(scaled.min(), scaled.max() + 1)
        zeros = [quant_of(graph.output(op)).zero_point for op in (front, made)]
        one, other = _held(front, graph, every + zeros[0]), _held(made, graph, every + zeros[1])
        return np.array_equal(then(one), other)
    return _same_steps(
        lambda sums: then(requantized(front, graph, sums)),
        lambda sums: requantized(made, graph, sums),
        limits,
    )


def _held(op: Op, graph: Graph, values: Int64) -> Array:
    """Values within an op's fused activation."""
    low, high = activation_range(op.attrs.fused_activation_function, quant_of(graph.output(op)))
    return values.clip(low, high).astype(np.int8)


def _of_pairs(op: Op, graph: Graph) -> Array:
    """What ADD, SUB or MUL makes of every pair of values, [256, 256]."""
    columns = [_EVERY.astype(np.int8)[:, None], _EVERY.astype(np.int8)[None, :]]
    return ops.find(op.kind).reference(op, graph, columns)


def _same_steps(
    one: Callable[[Int64], Array], other: Callable[[Int64], Array], limits: Int64
) -> bool:
    """Whether two functions that never fall are equal between limits.

    Such a function is known by where it starts and by the least argument at which it reaches
    each value.

    Args:
        one, other: [any number, channels] -> int8.
        limits: least and greatest argument, [2, channels].
    """
    some = np.linspace(limits[0], limits[1], _GLIMPSES).astype(np.int64)
    if not np.array_equal(one(some), other(some)):  # mostly, and much faster than what follows
        return False
    return np.array_equal(_steps(one, limits), _steps(other, limits))


def _steps(function: Callable[[Int64], Array], limits: Int64) -> Int64:
    """Per value (rows) and channel, the least argument that gives it or more, by bisection.

    One above the greatest argument where none does.
    """
    low = np.repeat(limits[:1], len(_EVERY), axis=0)
    high = np.repeat(limits[1:] + 1, len(_EVERY), axis=0)
    while (low < high).any():
        middle = (low + high) >> 1
        reached = function(np.minimum(middle, limits[1])) >= _EVERY[:, None]
        high = np.where(reached & (low < high), middle, high)
        low = np.where(~reached & (low < high), middle + 1, low)
    return low

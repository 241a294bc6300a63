"""Over one or two axes of any: what MEAN, SUM, REDUCE_MAX and REDUCE_MIN share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import held, quant_of, wrong_activations, wrong_dtype, wrong_inputs
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._quant import Int64, multiply_by_quantized_multiplier

# TFLite Micro's reference has room for so many axes and dimensions, unchecked.
MAX_AXES, MAX_RANK = 2, 5


@dataclass(frozen=True, slots=True)
class ReducerAttrs:
    """ReducerOptions of the TFLite schema."""

    keep_dims: bool = False


def parse_reducer(options: Table | None) -> ReducerAttrs:
    """Read ReducerOptions."""
    return ReducerAttrs() if options is None else ReducerAttrs(options.boolean(0))


def input_and_axes(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the axes."""
    return wrong_inputs(op, 2)


def wrong_reduced(op: Op, graph: Graph) -> str | None:
    """What a constraint answers about the input's dimensions, 1 to 5."""
    tensor = graph.input(op, 0)
    if 1 <= len(tensor.shape) <= MAX_RANK:
        return None
    return f"tensor {tensor.name!r} has the shape {tensor.shape}"


def reduced_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, with one scale each, the input of 1 to 5
    dimensions.
    """
    return wrong_activations(graph.input(op, 0), graph.output(op)) or wrong_reduced(op, graph)


def constant_axes(op: Op, graph: Graph) -> str | None:
    """The axes must be constant int32, of the input's dimensions, one or two different ones."""
    tensor, rank = graph.input(op, 1), len(graph.input(op, 0).shape)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the axes {tensor.name!r} are computed at run time"
    values = [int(axis) for axis in tensor.data.flat]
    if not all(-rank <= axis < rank for axis in values):
        return f"the axes {values} of {rank} dimensions"
    if not 1 <= len(axes_of(op, graph)) <= MAX_AXES:
        return f"the axes {values}"
    return None


def axes_of(op: Op, graph: Graph) -> tuple[int, ...]:
    """The axes, each once, ascending and not negative."""
    data, rank = graph.input(op, 1).data, len(graph.input(op, 0).shape)
    assert data is not None
    return tuple(sorted({int(axis) % rank for axis in data.flat}))


def reduced_count(op: Op, graph: Graph) -> int:
    """How many values of the input become one of the output."""
    return math.prod(graph.input(op, 0).shape[axis] for axis in axes_of(op, graph))


def reduced_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's shape without the axes, or with 1 in their places."""
    axes = axes_of(op, graph)
    dims = enumerate(graph.input(op, 0).shape)
    if op.attrs.keep_dims:
        return tuple(1 if i in axes else d for i, d in dims)
    return tuple(d for i, d in dims if i not in axes)


def scaled_sums(
    op: Op, graph: Graph, inputs: Sequence[Array | None], multiplier: tuple[int, int]
) -> Array:
    """The sums less their zero points, requantized; also where the scales are equal.

    Args:
        op: MEAN or SUM.
        graph: its graph.
        inputs: of the op.
        multiplier: mantissa and shift that take a sum to the output's scale.
    """
    x = inputs[0]
    assert x is not None
    sums: Int64 = x.sum(axis=axes_of(op, graph), dtype=np.int64)
    centred = sums - quant_of(graph.input(op, 0)).zero_point * reduced_count(op, graph)
    scaled = multiply_by_quantized_multiplier(centred, *multiplier)
    return held(scaled, graph.output(op)).reshape(reduced_shape(op, graph))


def reduced_blocks(op: Op, graph: Graph) -> tuple[tuple[str, int], ...]:
    """The input as [outer][reduced_1][middle][reduced_2][inner]; what is missing counts 1."""
    shape, axes = graph.input(op, 0).shape, axes_of(op, graph)
    first, last = axes[0], axes[-1]
    apart = first != last
    return (
        ("outer", math.prod(shape[:first])),
        ("reduced_1", shape[first]),
        ("middle", math.prod(shape[first + 1 : last])),
        ("reduced_2", shape[last] if apart else 1),
        ("inner", math.prod(shape[last + 1 :])),
    )


def sum_kernel(op: Op, graph: Graph, multiplier: tuple[int, int]) -> KernelChoice:
    """The kernel that does what `scaled_sums` does."""
    params = (
        *reduced_blocks(op, graph),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", quant_of(graph.output(op)).zero_point),
        ("multiplier", multiplier[0]),
        ("shift", multiplier[1]),
    )
    variant = "s8" if graph.input(op, 0).dtype is DType.INT8 else "s16"
    return KernelChoice("mean", variant, (KernelCall(params),))

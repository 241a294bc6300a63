"""MEAN: int8 or int16, over one or two axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    MAX_TERMS,
    held,
    quant_of,
    wrong_activations,
    wrong_dtype,
    wrong_inputs,
)
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.targets import Target

TFLITE_CODE = 40

# TFLite Micro's reference has room for so many axes and dimensions, unchecked.
MAX_AXES, MAX_RANK = 2, 5


@dataclass(frozen=True, slots=True)
class Attrs:
    """ReducerOptions of the TFLite schema."""

    keep_dims: bool = False


def parse(options: Table | None) -> Attrs:
    """Read ReducerOptions."""
    return Attrs() if options is None else Attrs(options.boolean(0))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the axes."""
    return wrong_inputs(op, 2)


def constraint_input(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, with one scale each, the input of 1 to 5
    dimensions.
    """
    source, result = graph.input(op, 0), graph.output(op)
    found = wrong_activations(source, result)
    if found:
        return found
    if not 1 <= len(source.shape) <= MAX_RANK:
        return f"tensor {source.name!r} has the shape {source.shape}"
    return None


def constraint_axes(op: Op, graph: Graph) -> str | None:
    """The axes must be constant int32, of the input's dimensions, at most two different ones."""
    tensor, rank = graph.input(op, 1), len(graph.input(op, 0).shape)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the axes {tensor.name!r} are computed at run time"
    values = [int(axis) for axis in tensor.data.flat]
    if not all(-rank <= axis < rank for axis in values):
        return f"the axes {values} of {rank} dimensions"
    if len(_axes(op, graph)) > MAX_AXES:
        return f"the axes {values}"
    return None


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No more than 2**23 values, or 2**15 of int16, may go into one mean, so that the sum stays
    within 32 bits.
    """
    count = _count(op, graph)
    most = MAX_TERMS[graph.input(op, 0).dtype]
    return f"means of {count} values" if count > most else None


def _axes(op: Op, graph: Graph) -> tuple[int, ...]:
    """The axes, each once, ascending and not negative."""
    data, rank = graph.input(op, 1).data, len(graph.input(op, 0).shape)
    assert data is not None
    return tuple(sorted({int(axis) % rank for axis in data.flat}))


def _count(op: Op, graph: Graph) -> int:
    """How many values go into one mean."""
    return math.prod(graph.input(op, 0).shape[axis] for axis in _axes(op, graph))


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's shape without the axes, or with 1 in their places."""
    axes = _axes(op, graph)
    dims = enumerate(graph.input(op, 0).shape)
    if op.attrs.keep_dims:
        return tuple(1 if i in axes else d for i, d in dims)
    return tuple(d for i, d in dims if i not in axes)


def _multiplier(op: Op, graph: Graph) -> tuple[int, int]:
    """Mantissa and shift that take a sum to the mean in the output's scale.

    The division by the number of values goes into the mantissa: shifted left by its power of two
    first, so that no more than one bit is lost.
    """
    scale_in, scale_out = quant_of(graph.input(op, 0)).scale, quant_of(graph.output(op)).scale
    mantissa, shift = quantize_multiplier(scale_in / scale_out)
    count = _count(op, graph)
    left = min(count.bit_length() - 1, 32, 31 + shift)
    return (mantissa << left) // count, shift - left


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The sum, then requantization that divides as well, also where scales are equal."""
    x = inputs[0]
    assert x is not None
    sums = x.sum(axis=_axes(op, graph), dtype=np.int64)
    centred = sums - quant_of(graph.input(op, 0)).zero_point * _count(op, graph)
    means = multiply_by_quantized_multiplier(centred, *_multiplier(op, graph))
    return held(means, graph.output(op)).reshape(infer_shape(op, graph))


def _blocks(op: Op, graph: Graph) -> tuple[int, int, int, int, int]:
    """The input as [outer][reduced][middle][reduced][inner]; what is missing counts 1."""
    shape, axes = graph.input(op, 0).shape, _axes(op, graph)
    first, last = axes[0], axes[-1]
    if first == last:
        return math.prod(shape[:first]), shape[first], 1, 1, math.prod(shape[first + 1 :])
    return (
        math.prod(shape[:first]),
        shape[first],
        math.prod(shape[first + 1 : last]),
        shape[last],
        math.prod(shape[last + 1 :]),
    )


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    outer, reduced_1, middle, reduced_2, inner = _blocks(op, graph)
    multiplier, shift = _multiplier(op, graph)
    params = (
        ("outer", outer),
        ("reduced_1", reduced_1),
        ("middle", middle),
        ("reduced_2", reduced_2),
        ("inner", inner),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", quant_of(graph.output(op)).zero_point),
        ("multiplier", multiplier),
        ("shift", shift),
    )
    variant = "s8" if graph.input(op, 0).dtype is DType.INT8 else "s16"
    return KernelChoice("mean", variant, (KernelCall(params),))


def macs(op: Op, graph: Graph) -> int:
    """None: it adds and scales."""
    return 0

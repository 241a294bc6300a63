"""SUM: int8 or int16, over one or two axes."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import MAX_TERMS, quant_of
from edgekit.ops._elementwise import MAX_RESCALE_SHIFT, multiplier_between
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._reduction import (
    ReducerAttrs,
    constant_axes,
    input_and_axes,
    parse_reducer,
    reduced_count,
    reduced_shape,
    reduced_types,
    scaled_sums,
    sum_kernel,
)
from edgekit.ops._usual import no_macs
from edgekit.targets import Target

TFLITE_CODE = 74

Attrs = ReducerAttrs
parse = parse_reducer
constraint_inputs = input_and_axes
constraint_input = reduced_types
constraint_axes = constant_axes


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No more than 2**23 values, or 2**15 of int16, may go into one sum; so many times the input's
    scale must be less than 2**22 times the output's, with int16 2**15.
    """
    tensor, count = graph.input(op, 0), reduced_count(op, graph)
    scale, other = quant_of(tensor).scale, quant_of(graph.output(op)).scale
    fits = count * scale < 2.0 ** MAX_RESCALE_SHIFT[tensor.dtype] * other
    if count <= MAX_TERMS[tensor.dtype] and fits:
        return None
    return f"sums of {count} values with the scales {scale:g} and {other:g}"


infer_shape = reduced_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The sum, then requantization, also where scales are equal."""
    return scaled_sums(op, graph, inputs, multiplier_between(graph.input(op, 0), graph.output(op)))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; the kernel is the one of MEAN with a multiplier that does not divide."""
    return sum_kernel(op, graph, multiplier_between(graph.input(op, 0), graph.output(op)))


macs = no_macs

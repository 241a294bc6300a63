"""MEAN: int8 or int16, over one or two axes."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import MAX_TERMS
from edgekit.ops._elementwise import multiplier_between
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
from edgekit.targets import Target

TFLITE_CODE = 40

Attrs = ReducerAttrs
parse = parse_reducer
constraint_inputs = input_and_axes
constraint_input = reduced_types
constraint_axes = constant_axes


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No more than 2**23 values, or 2**15 of int16, may go into one mean, so that the sum stays
    within 32 bits.
    """
    count = reduced_count(op, graph)
    return f"means of {count} values" if count > MAX_TERMS[graph.input(op, 0).dtype] else None


def _multiplier(op: Op, graph: Graph) -> tuple[int, int]:
    """Mantissa and shift that take a sum to the mean in the output's scale.

    The division by the number of values goes into the mantissa: shifted left by its power of two
    first, so that no more than one bit is lost.
    """
    mantissa, shift = multiplier_between(graph.input(op, 0), graph.output(op))
    count = reduced_count(op, graph)
    left = min(count.bit_length() - 1, 32, 31 + shift)
    return (mantissa << left) // count, shift - left


infer_shape = reduced_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The sum, then requantization that divides as well, also where scales are equal."""
    return scaled_sums(op, graph, inputs, _multiplier(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return sum_kernel(op, graph, _multiplier(op, graph))


def macs(op: Op, graph: Graph) -> int:
    """None: it adds and scales."""
    return 0

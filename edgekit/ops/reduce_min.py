"""REDUCE_MIN: the smallest of int8 values along one or two axes."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._reduce_extremum import (
    reduce_extremum_kernel,
    reduced_extremum,
    reduced_extremum_types,
)
from edgekit.ops._reduction import (
    ReducerAttrs,
    constant_axes,
    input_and_axes,
    parse_reducer,
    reduced_shape,
)
from edgekit.ops._usual import no_macs
from edgekit.targets import Target

TFLITE_CODE = 89

Attrs = ReducerAttrs
parse = parse_reducer
constraint_inputs = input_and_axes
constraint_input = reduced_extremum_types
constraint_axes = constant_axes
infer_shape = reduced_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The smallest values."""
    return reduced_extremum(op, graph, inputs, largest=False)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return reduce_extremum_kernel(op, graph, largest=False)


macs = no_macs

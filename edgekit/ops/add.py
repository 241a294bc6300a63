"""ADD: int8 or int16 addition with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._addition import (
    AdditionAttrs,
    added,
    addition_kernel,
    parse_addition,
    sum_scales,
)
from edgekit.ops._broadcast import broadcast_result, broadcasting
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import clamping_activation, int8_or_int16_pairs, no_macs, two_inputs
from edgekit.targets import Target

TFLITE_CODE = 0

Attrs = AdditionAttrs
parse = parse_addition
constraint_inputs = two_inputs
constraint_types = int8_or_int16_pairs
constraint_shapes = broadcasting
constraint_options = clamping_activation
constraint_scales = sum_scales
infer_shape = broadcast_result


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Both inputs to a common scale, their sum to the output's."""
    return added(op, graph, inputs, 1)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return addition_kernel(op, graph, 1)


macs = no_macs
row_window = elementwise_rows

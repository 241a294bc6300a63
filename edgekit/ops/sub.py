"""SUB: int8 or int16 subtraction with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._addition import (
    AdditionAttrs,
    added,
    addition_kernel,
    parse_addition,
    wrong_sum_scale,
)
from edgekit.ops._broadcast import broadcast_shape, wrong_broadcast
from edgekit.ops._common import wrong_activation, wrong_activations, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 41

Attrs = AdditionAttrs
parse = parse_addition


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must all be int8 or all int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.input(op, 1), graph.output(op))


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """The inputs must broadcast to each other, in at most 4 loops."""
    return wrong_broadcast(op, graph)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """The fused activation must be NONE, RELU, RELU_N1_TO_1 or RELU6, in int32's range."""
    return wrong_activation(op.attrs.fused_activation_function, graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The output's scale must be more than the inputs' larger one divided by 2**19, with int16 by
    2**14.
    """
    return wrong_sum_scale(op, graph)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape that both inputs broadcast to."""
    shape = broadcast_shape(op, graph)
    assert shape is not None
    return shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Both inputs to a common scale, their difference to the output's."""
    return added(op, graph, inputs, -1)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C: the kernel of ADD."""
    return addition_kernel(op, graph, -1)


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

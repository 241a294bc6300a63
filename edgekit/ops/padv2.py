"""PADV2: a constant around the input, along any dimension; int8."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_inputs
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._padding import (
    constant_paddings,
    pad_kernel,
    pad_reference,
    padded_shape,
)
from edgekit.ops._usual import NoAttrs, no_macs, no_options
from edgekit.targets import Target

TFLITE_CODE = 60

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have three inputs: what is padded, the paddings and the constant."""
    return wrong_inputs(op, 3)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input, constant and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.input(op, 2), graph.output(op))


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Input, constant and output must have the same scale and zero point."""
    output = graph.output(op)
    return wrong_same_quant(graph.input(op, 0), output) or wrong_same_quant(
        graph.input(op, 2), output
    )


constraint_paddings = constant_paddings


def constraint_value(op: Op, graph: Graph) -> str | None:
    """The constant must be one element, known when the code is generated."""
    tensor = graph.input(op, 2)
    if tensor.is_const and tensor.size == 1:
        return None
    return f"the constant {tensor.name!r} of shape {tensor.shape}" + (
        "" if tensor.is_const else " is computed at run time"
    )


def _fill(op: Op, graph: Graph) -> int:
    data = graph.input(op, 2).data
    assert data is not None
    return int(data.reshape(()))


infer_shape = padded_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The input in the middle of the constant."""
    values = inputs[0]
    assert values is not None
    return pad_reference(op, graph, values, _fill(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; the kernel is PAD's."""
    return pad_kernel(op, graph, _fill(op, graph))


macs = no_macs

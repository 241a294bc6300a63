"""PAD: zeros around the input, along any dimension; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._padding import (
    constant_paddings,
    pad_kernel,
    pad_reference,
    padded_shape,
)
from edgekit.ops._usual import NoAttrs, copied_quantization, copied_types, no_macs, no_options
from edgekit.targets import Target

TFLITE_CODE = 34

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the paddings."""
    return wrong_inputs(op, 2)


constraint_types = copied_types
constraint_quantization = copied_quantization
constraint_paddings = constant_paddings


def _fill(op: Op, graph: Graph) -> int:
    """The byte that stands for zero; int16 and float32 have several bytes of 0."""
    output = graph.output(op)
    return quant_of(output).zero_point if output.dtype is DType.INT8 else 0


infer_shape = padded_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The input in the middle of zeros."""
    values = inputs[0]
    assert values is not None
    return pad_reference(op, graph, values, _fill(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return pad_kernel(op, graph, _fill(op, graph))


macs = no_macs

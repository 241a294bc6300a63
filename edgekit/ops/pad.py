"""PAD: zeros around the input, along any dimension; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS, quant_of, wrong_dtype, wrong_inputs, wrong_quant
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._padding import pad_kernel, pad_reference, padded_shape, wrong_paddings
from edgekit.targets import Target

TFLITE_CODE = 34


@dataclass(frozen=True, slots=True)
class Attrs:
    """PadOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the paddings."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8, both int16 or both float32."""
    tensor, output = graph.input(op, 0), graph.output(op)
    return wrong_dtype(tensor, DType.FLOAT32, *LIMITS) or wrong_dtype(output, tensor.dtype)


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and output must have the same scale and zero point."""
    tensor, output = graph.input(op, 0), graph.output(op)
    if tensor.dtype not in LIMITS:
        return None
    return wrong_quant(tensor) or wrong_quant(output) or wrong_same_quant(tensor, output)


def constraint_paddings(op: Op, graph: Graph) -> str | None:
    """At most 5 dimensions; the paddings constant int32 [rank, 2], none of them negative."""
    return wrong_paddings(op, graph)


def _fill(op: Op, graph: Graph) -> int:
    """The byte that stands for zero; int16 and float32 have several bytes of 0."""
    output = graph.output(op)
    return quant_of(output).zero_point if output.dtype is DType.INT8 else 0


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's shape and the paddings."""
    return padded_shape(op, graph)


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The input in the middle of zeros."""
    values = inputs[0]
    assert values is not None
    return pad_reference(op, graph, values, _fill(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return pad_kernel(op, graph, _fill(op, graph))


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0

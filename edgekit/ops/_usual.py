"""What many ops say in the same words: their rules, and the answers that are always the same.

A rule's docstring is its text: whoever takes it takes the text.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import (
    LIMITS,
    wrong_activation,
    wrong_activations,
    wrong_dtype,
    wrong_inputs,
    wrong_quant,
)
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant


@dataclass(frozen=True, slots=True)
class NoAttrs:
    """Of an op for which the TFLite schema has no options, or options without fields."""


def no_options(options: Table | None) -> NoAttrs:
    """There is nothing to read."""
    return NoAttrs()


def one_input(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def two_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs."""
    return wrong_inputs(op, 2)


def int8_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.output(op))


def int8_or_int16_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.output(op))


def int8_or_int16_pairs(op: Op, graph: Graph) -> str | None:
    """Inputs and output must all be int8 or all int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.input(op, 1), graph.output(op))


def copied_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8, both int16 or both float32."""
    tensor, output = graph.input(op, 0), graph.output(op)
    return wrong_dtype(tensor, DType.FLOAT32, *LIMITS) or wrong_dtype(output, tensor.dtype)


def copied_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and output must have the same scale and zero point."""
    tensor, output = graph.input(op, 0), graph.output(op)
    if tensor.dtype not in LIMITS:
        return None
    return wrong_quant(tensor) or wrong_quant(output) or wrong_same_quant(tensor, output)


def clamping_activation(op: Op, graph: Graph) -> str | None:
    """The fused activation must be NONE, RELU, RELU_N1_TO_1 or RELU6, in int32's range."""
    return wrong_activation(op.attrs.fused_activation_function, graph.output(op))


def input_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def no_macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0

"""LOGISTIC: int8 sigmoid, 1 / (1 + exp(-x)), by a table of its 256 results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MIN, quant_of
from edgekit.ops._elementwise import wrong_inputs, wrong_int8
from edgekit.ops._fixed_point import logistic
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._lookup import look_up, lookup_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._sigmoid import sigmoid_table, wrong_argument, wrong_result
from edgekit.targets import Target

TFLITE_CODE = 14

RESULT_BITS = 8
OUTPUT_SCALE, OUTPUT_ZERO_POINT = 2.0**-RESULT_BITS, INT8_MIN


@dataclass(frozen=True, slots=True)
class Attrs:
    """The TFLite schema has no options for it."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.output(op))


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must have the scale 1/256 and the zero point -128."""
    return wrong_result(graph.output(op), OUTPUT_SCALE, OUTPUT_ZERO_POINT)


def constraint_scale(op: Op, graph: Graph) -> str | None:
    """The input's scale must be at least 2**-27."""
    return wrong_argument(graph.input(op, 0))


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    return sigmoid_table(quant_of(graph.input(op, 0)), logistic, RESULT_BITS, OUTPUT_ZERO_POINT)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Looked up in the table."""
    return look_up(_table(op, graph), inputs)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return lookup_kernel(op, graph, _table(op, graph))


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

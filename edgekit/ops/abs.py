"""ABS: values without their sign; int8, by a table of its 256 results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of, wrong_inputs
from edgekit.ops._elementwise import multiplier_between, wrong_int8, wrong_rescale
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._lookup import EVERY, look_up, lookup_kernel
from edgekit.ops._quant import multiply_by_quantized_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 101


@dataclass(frozen=True, slots=True)
class Attrs:
    """AbsOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 2**22 times the output's."""
    return wrong_rescale(graph.input(op, 0), graph.output(op))


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    tensor, output = graph.input(op, 0), graph.output(op)
    value = np.abs(EVERY - quant_of(tensor).zero_point)
    if quant_of(tensor).scale != quant_of(output).scale:
        value = multiply_by_quantized_multiplier(value, *multiplier_between(tensor, output))
    table: Array = np.clip(value + quant_of(output).zero_point, INT8_MIN, INT8_MAX)
    return table.astype(np.int8)


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

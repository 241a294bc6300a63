"""LOGISTIC: int8 or int16 sigmoid, 1 / (1 + exp(-x)), by a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MIN, quant_of, wrong_activations, wrong_inputs
from edgekit.ops._fixed_point import logistic
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._lookup import look_up, lookup_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._sigmoid import sigmoid_table, wrong_argument, wrong_result
from edgekit.ops._sigmoid_s16 import (
    RESULT_SCALE,
    Curve,
    interpolated,
    sigmoid_kernel,
    wrong_wide_argument,
)
from edgekit.targets import Target

TFLITE_CODE = 14

RESULT_BITS = 8
OUTPUT_SCALE, OUTPUT_ZERO_POINT = 2.0**-RESULT_BITS, INT8_MIN

_CURVE = Curve(powers=(0,), bits=9, end=2**16 - 2)


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
    """Input and output must both be int8 or both int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.output(op))


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must have the scale 1/256 and the zero point -128; of int16 1/32768."""
    if graph.output(op).dtype is DType.INT16:
        return wrong_result(graph.output(op), RESULT_SCALE, 0)
    return wrong_result(graph.output(op), OUTPUT_SCALE, OUTPUT_ZERO_POINT)


def constraint_scale(op: Op, graph: Graph) -> str | None:
    """The input's scale must be at least 2**-27, of int16 also at most 5.33."""
    tensor = graph.input(op, 0)
    wide = wrong_wide_argument(tensor) if tensor.dtype is DType.INT16 else None
    return wide or wrong_argument(tensor)


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    return sigmoid_table(quant_of(graph.input(op, 0)), logistic, RESULT_BITS, OUTPUT_ZERO_POINT)


def _wide(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """int16: the table has values above 0; below it is 1 minus that."""
    argument, value = interpolated(op, graph, inputs, _CURVE)
    mirrored = (1 << (16 + _CURVE.bits)) - value - 1
    return ((np.where(argument >= 0, value, mirrored) + (1 << 9)) >> 10).astype(np.int16)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Looked up in the table of results, or for int16 interpolated in one."""
    if graph.input(op, 0).dtype is DType.INT16:
        return _wide(op, graph, inputs)
    return look_up(_table(op, graph), inputs)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    if graph.input(op, 0).dtype is DType.INT16:
        return sigmoid_kernel("logistic", op, graph, _CURVE)
    return lookup_kernel(op, graph, _table(op, graph))


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

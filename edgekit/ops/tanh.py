"""TANH: int8 or int16 hyperbolic tangent, by a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of
from edgekit.ops._fixed_point import tanh
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._lookup import look_up, lookup_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._sigmoid import argument_scales, sigmoid_table, wrong_result
from edgekit.ops._sigmoid_s16 import (
    RESULT_SCALE,
    Curve,
    interpolated,
    sigmoid_kernel,
)
from edgekit.ops._usual import (
    NoAttrs,
    input_shape,
    int8_or_int16_types,
    no_macs,
    no_options,
    one_input,
)
from edgekit.targets import Target

TFLITE_CODE = 28

RESULT_BITS = 7
OUTPUT_SCALE, OUTPUT_ZERO_POINT = 2.0**-RESULT_BITS, 0

_CURVE = Curve(powers=(0, 1), bits=8, end=2**16 - 1)

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_or_int16_types


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must have the scale 1/128 and the zero point 0; of int16 1/32768."""
    if graph.output(op).dtype is DType.INT16:
        return wrong_result(graph.output(op), RESULT_SCALE, 0)
    return wrong_result(graph.output(op), OUTPUT_SCALE, OUTPUT_ZERO_POINT)


constraint_scale = argument_scales


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    return sigmoid_table(quant_of(graph.input(op, 0)), tanh, RESULT_BITS, OUTPUT_ZERO_POINT)


def _wide(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """int16: the table has values above 0, whose half, 2**15, is 0 here."""
    argument, value = interpolated(op, graph, inputs, _CURVE)
    centred = value - (1 << (15 + _CURVE.bits))
    result: Array = np.where(argument >= 0, centred, -centred - 1) + (1 << 7)
    return (result >> 8).astype(np.int16)


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Looked up in the table of results, or for int16 interpolated in one."""
    if graph.input(op, 0).dtype is DType.INT16:
        return _wide(op, graph, inputs)
    return look_up(_table(op, graph), inputs)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    if graph.input(op, 0).dtype is DType.INT16:
        return sigmoid_kernel("tanh", op, graph, _CURVE)
    return lookup_kernel(op, graph, _table(op, graph))


macs = no_macs
row_window = elementwise_rows

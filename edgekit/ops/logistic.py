"""LOGISTIC: int8 sigmoid, 1 / (1 + exp(-x)), by a table of its 256 results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._elementwise import wrong_inputs, wrong_int8
from edgekit.ops._fixed_point import logistic
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import (
    multiply_by_quantized_multiplier,
    rounding_divide_by_pot,
    split_multiplier,
)
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 14

# The argument is computed in Q4.27, the result in Q0.8.
INTEGER_BITS, FRACTION_BITS, RESULT_BITS = 4, 27, 8
OUTPUT_SCALE, OUTPUT_ZERO_POINT = 1 / 256, INT8_MIN


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
    quant = quant_of(graph.output(op))
    if (quant.scale, quant.zero_point) == (OUTPUT_SCALE, OUTPUT_ZERO_POINT):
        return None
    return f"the output has scale {quant.scale:g} and zero point {quant.zero_point}"


def constraint_scale(op: Op, graph: Graph) -> str | None:
    """The input's scale must be at least 2**-27."""
    scale = quant_of(graph.input(op, 0)).scale
    return None if scale >= 2.0**-FRACTION_BITS else f"the input has the scale {scale:g}"


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    quant = quant_of(graph.input(op, 0))
    multiplier, shift = split_multiplier(quant.scale * 2.0**FRACTION_BITS)
    # Beyond this magnitude the argument would leave Q4.27 and the result is at its end.
    radius = math.floor(15 * 2.0**FRACTION_BITS / 2.0**shift)
    centred = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64) - quant.zero_point
    within = np.where(np.abs(centred) < radius, centred, 0)
    argument = multiply_by_quantized_multiplier(within, multiplier, shift)
    rounded = rounding_divide_by_pot(logistic(argument, INTEGER_BITS), 31 - RESULT_BITS)
    result = np.clip(rounded + OUTPUT_ZERO_POINT, INT8_MIN, INT8_MAX)
    result = np.where(centred >= radius, INT8_MAX, result)
    # Asked first by TFLite Micro: at a radius of 0, so at a scale of 8 or more, 0 ends here too.
    return np.where(centred <= -radius, INT8_MIN, result).astype(np.int8)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Looked up in the table."""
    values = inputs[0]
    assert values is not None
    result: Array = _table(op, graph)[values.astype(np.intp) - INT8_MIN]
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    table = ConstArray("table", _table(op, graph))
    params = (("count", graph.output(op).size), ("table", table))
    in_place = elementwise_lead(op, graph)
    return KernelChoice("logistic", "s8", (KernelCall(params),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

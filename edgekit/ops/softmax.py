"""SOFTMAX: int8 or int16, along the last axis.

Of int8 the exponential of x - max can take 256 values at most: they are a table, computed with
the code. What is left to the kernel is their sum and its reciprocal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops import _softmax_s16
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._fixed_point import exp_on_negative_values, one_over_one_plus_x
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import (
    Int64,
    multiply_by_quantized_multiplier,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
    split_multiplier,
)
from edgekit.ops._usual import input_shape, int8_or_int16_types, no_macs, one_input
from edgekit.targets import Target

TFLITE_CODE = 25

# The argument is computed in Q5.26, the sum of exponentials in Q12.19.
INTEGER_BITS, FRACTION_BITS = 5, 26
SUM_INTEGER_BITS = 12
OUTPUT_SCALE, OUTPUT_ZERO_POINT = 1 / 256, INT8_MIN
# 2**12 exponentials of 0 would overflow the sum.
MAX_DEPTH = (1 << SUM_INTEGER_BITS) - 1


@dataclass(frozen=True, slots=True)
class Attrs:
    """SoftmaxOptions of the TFLite schema."""

    beta: float = 1.0


def parse(options: Table | None) -> Attrs:
    """Read SoftmaxOptions, whose beta is 0 where it is left out."""
    return Attrs() if options is None else Attrs(options.float32(0))


constraint_inputs = one_input
constraint_types = int8_or_int16_types


def _is_wide(op: Op, graph: Graph) -> bool:
    return graph.input(op, 0).dtype is DType.INT16


def constraint_shape(op: Op, graph: Graph) -> str | None:
    """The input must have a last axis, of at most 4095 elements, or 65536 of int16."""
    shape = graph.input(op, 0).shape
    most = _softmax_s16.MAX_DEPTH if _is_wide(op, graph) else MAX_DEPTH
    return None if shape and shape[-1] <= most else f"the shape {shape}"


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must have the scale 1/256 and the zero point -128, or of int16 1/32768."""
    quant = quant_of(graph.output(op))
    wanted = (OUTPUT_SCALE, OUTPUT_ZERO_POINT)
    if (quant.scale, quant.zero_point) == (
        (_softmax_s16.RESULT_SCALE, 0) if _is_wide(op, graph) else wanted
    ):
        return None
    return f"the output has scale {quant.scale:g} and zero point {quant.zero_point}"


def constraint_beta(op: Op, graph: Graph) -> str | None:
    """Beta times the input's scale must be more than 2**-26, or of int16 positive and below 2."""
    if _is_wide(op, graph):
        return _softmax_s16.wrong_wide_beta(op, graph)
    scale, beta = quant_of(graph.input(op, 0)).scale, op.attrs.beta
    return None if beta * scale > 2.0**-FRACTION_BITS else f"beta {beta:g}, scale {scale:g}"


def _exponentials(op: Op, graph: Graph) -> Array:
    """exp(-i * beta * scale) in Q0.31 for i = 0, 1, ...; int32, at most 256 of them.

    What lies beyond the table is less than exp(-15) and counts as nothing.
    """
    real = op.attrs.beta * quant_of(graph.input(op, 0)).scale * 2.0**FRACTION_BITS
    multiplier, shift = split_multiplier(min(real, 2.0**31 - 1))
    last = math.floor(31 * 2.0**FRACTION_BITS / 2.0**shift)
    differences = -np.arange(min(last, INT8_MAX - INT8_MIN) + 1, dtype=np.int64)
    scaled = multiply_by_quantized_multiplier(differences, multiplier, shift)
    return exp_on_negative_values(scaled, INTEGER_BITS).astype(np.int32)


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Exponentials, times the reciprocal of their sum."""
    if _is_wide(op, graph):
        return _softmax_s16.wide_softmax(op, graph, inputs)
    values = inputs[0]
    assert values is not None
    table = _exponentials(op, graph).astype(np.int64)
    below = values.max(axis=-1, keepdims=True).astype(np.intp) - values
    counts = below < len(table)
    exponentials: Int64 = np.where(counts, table[np.minimum(below, len(table) - 1)], 0)
    parts = rounding_divide_by_pot(exponentials, SUM_INTEGER_BITS)
    # The sum is sum / 2**bits in [1, 2), times 2**bits.
    total = parts.sum(axis=-1, keepdims=True)
    leading_zeros = np.int64(32) - np.frexp(total.astype(np.float64))[1]
    scale = one_over_one_plus_x((total << leading_zeros) - (np.int64(1) << 31))
    exponent = SUM_INTEGER_BITS - leading_zeros + 31 - 8
    shares = rounding_divide_by_pot(
        saturating_rounding_doubling_high_mul(scale, exponentials), exponent
    )
    return np.clip(shares + OUTPUT_ZERO_POINT, INT8_MIN, INT8_MAX).astype(np.int8)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    if _is_wide(op, graph):
        return _softmax_s16.wide_softmax_kernel(op, graph)
    shape = graph.input(op, 0).shape
    table = _exponentials(op, graph)
    params = (
        ("rows", math.prod(shape[:-1])),
        ("depth", shape[-1]),
        ("exponential_count", len(table)),
        ("exponentials", ConstArray("exponentials", table)),
    )
    in_place = elementwise_lead(op, graph)
    return KernelChoice("softmax", "s8", (KernelCall(params),), in_place=in_place)


macs = no_macs

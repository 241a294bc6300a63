"""HARD_SWISH: x * min(max(x + 3, 0), 6) / 6; int8, by a table of its 256 results.

Source: Howard et al., "Searching for MobileNetV3", 2019; the arithmetic of 16 bits is TFLite
Micro's, and part of the result.
"""

from __future__ import annotations

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT16_MAX, INT16_MIN, held, quant_of
from edgekit.ops._lookup import EVERY, table_kernel, table_reference
from edgekit.ops._quant import Int64, quantize_multiplier, rounding_divide_by_pot
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, input_shape, int8_types, no_macs, no_options, one_input

TFLITE_CODE = 117

# Bits that the input is shifted to the left by, to fill 16 bits.
HIRES_BITS = 7
# The real value of 2**15 in the fixed-point number that becomes the factor between 0 and 1.
LIMIT = 3.0
# TFLite Micro shifts 16 bits to the right by no more.
MAX_SHIFT = 15

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_types


def constraint_scale(op: Op, graph: Graph) -> str | None:
    """The input's scale must be at least 2**-21 and less than 2**20."""
    scale = quant_of(graph.input(op, 0)).scale
    return None if 2.0**-21 <= scale < 2.0**20 else f"the input has the scale {scale:g}"


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 128 times the output's, and at least 2**-9 of it."""
    scale, other = quant_of(graph.input(op, 0)).scale, quant_of(graph.output(op)).scale
    shift = _multipliers(op, graph)[0][1]
    fits = -MAX_SHIFT <= shift <= 0 and scale / other >= 2.0**-9
    return None if fits else f"the scales {scale:g} and {other:g}"


def _multipliers(op: Op, graph: Graph) -> tuple[tuple[int, int], tuple[int, int]]:
    """(mantissa of 16 bits, shift): hires input to output, and to the factor's fixed point."""
    with np.errstate(over="ignore", under="ignore"):
        hires = np.float32(quant_of(graph.input(op, 0)).scale) / np.float32(2**HIRES_BITS)
        unit = np.float32(LIMIT) / np.float32(2**15)
        to_output = hires / np.float32(quant_of(graph.output(op)).scale)
        to_factor = hires / unit
    return _short(float(to_output)), _short(float(to_factor))


def _short(real: float) -> tuple[int, int]:
    mantissa, shift = quantize_multiplier(real)
    return min((mantissa + (1 << 15)) >> 16, INT16_MAX), shift


def _high_mul(a: Int64, b: int) -> Int64:
    """round(a * b / 2**15), ties upward; neither is -2**15 where the other one is."""
    result: Int64 = (a * b + (1 << 14)) >> np.int64(15)
    return result


def _shifted_left(x: Int64, bits: int) -> Int64:
    """Held to 16 bits."""
    result: Int64 = np.clip(x << np.int64(bits), INT16_MIN, INT16_MAX)
    return result


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    (multiplier, shift), (factor_multiplier, factor_shift) = _multipliers(op, graph)
    hires = (EVERY - quant_of(graph.input(op, 0)).zero_point) << np.int64(HIRES_BITS)
    value = _high_mul(hires, multiplier)
    # x / 3 in Q0.15. All but the last step to the left come before the multiplication.
    factor = _shifted_left(hires, factor_shift - 1) if factor_shift > 0 else hires
    factor = _high_mul(factor, factor_multiplier)
    if factor_shift > 0:
        factor = _shifted_left(factor, 1)
    factor = rounding_divide_by_pot(factor, max(-factor_shift, 0))
    factor = (factor + 2**15) >> np.int64(1)  # (x + 3) / 6, from 0 to 1
    product = value * factor
    towards_zero = np.sign(product) * (np.abs(product) >> np.int64(15))
    return held(rounding_divide_by_pot(towards_zero, -shift), graph.output(op))


infer_shape = input_shape
reference = table_reference(_table)
kernel = table_kernel(_table)
macs = no_macs
row_window = elementwise_rows

"""What LOGISTIC and TANH share: S-shaped functions of an int8 value, computed in fixed point."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from edgekit.ir import DType, Graph, Op, Quant, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._lookup import EVERY
from edgekit.ops._quant import (
    Int64,
    multiply_by_quantized_multiplier,
    rounding_divide_by_pot,
    split_multiplier,
)
from edgekit.ops._sigmoid_s16 import MAX_SCALE

# The argument is computed in Q4.27.
INTEGER_BITS, FRACTION_BITS = 4, 27


def wrong_result(output: Tensor, scale: float, zero_point: int) -> str | None:
    """What a constraint answers about the output's quantization, of which there is one only."""
    quant = quant_of(output)
    if (quant.scale, quant.zero_point) == (scale, zero_point):
        return None
    return f"the output has scale {quant.scale:g} and zero point {quant.zero_point}"


def argument_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be at least 2**-27, of int16 also at most 5.33."""
    tensor = graph.input(op, 0)
    scale = quant_of(tensor).scale
    most = MAX_SCALE if tensor.dtype is DType.INT16 else math.inf
    return None if 2.0**-FRACTION_BITS <= scale <= most else f"the input has the scale {scale:g}"


def sigmoid_table(
    quant: Quant, function: Callable[[Int64, int], Int64], result_bits: int, zero_point: int
) -> Array:
    """The results for all values of an input, from -128 to 127, int8.

    Args:
        quant: the input's.
        function: (Q4.27, INTEGER_BITS) -> Q0.31, e.g. `_fixed_point.logistic`.
        result_bits: the output's scale is 2**-result_bits.
        zero_point: the output's.
    """
    multiplier, shift = split_multiplier(quant.scale * 2.0**FRACTION_BITS)
    # Beyond this magnitude the argument would leave Q4.27 and the result is at its end.
    radius = math.floor(15 * 2.0**FRACTION_BITS / 2.0**shift)
    centred = EVERY - quant.zero_point
    within = np.where(np.abs(centred) < radius, centred, 0)
    argument = multiply_by_quantized_multiplier(within, multiplier, shift)
    rounded = rounding_divide_by_pot(function(argument, INTEGER_BITS), 31 - result_bits)
    result = np.clip(rounded + zero_point, INT8_MIN, INT8_MAX)
    result = np.where(centred >= radius, INT8_MAX, result)
    # Asked first by TFLite Micro: at a radius of 0, so at a scale of 8 or more, 0 ends here too.
    return np.where(centred <= -radius, INT8_MIN, result).astype(np.int8)

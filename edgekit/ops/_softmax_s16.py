"""SOFTMAX of int16 values: exponentials and the reciprocal of their sum by interpolation.

Source: the behaviour of tflite-micro's reference kernel. Both tables have 513 values, 128 steps of
an int16 argument apart: exp(x) for x from -10 to 0, and 1 / (1 + x) for x from 0 to 1, in Q0.15.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT16_MAX, INT16_MIN, quant_of
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import Int64, multiply_by_quantized_multiplier, quantize_multiplier

RESULT_SCALE = 2.0**-15
# More exponentials than these could leave 32 bits.
MAX_DEPTH = 2**16
# The difference of two inputs, below 2**16, may be shifted to the left by so many bits.
_MAX_SHIFT = 14
_STEPS, _RANGE, _LEAST_EXPONENT = 512, 2**16 - 1, -10.0

_Float: TypeAlias = np.float32


def _table(function: Callable[[float], float], first: _Float, last: _Float) -> Array:
    """A function between two arguments, each value lowered by half of what interpolation has too
    much in the middle of its interval; in float32, as the result depends on it.
    """
    step = (last - first) / _Float(_STEPS)
    output_step = _Float(2.0 / _RANGE)
    one = _Float(2**16) / (output_step * _Float(INT16_MAX) - output_step * _Float(INT16_MIN))

    def at(x: _Float) -> _Float:
        result: _Float = _Float(function(float(x))) * one
        return result

    found = []
    for i in range(_STEPS):
        here = first + _Float(i) * step
        value = _rounded(at(here))
        middle = _rounded((at(first + _Float(i + 1) * step) + value) / _Float(2))
        excess = middle - _rounded(at(here + step / _Float(2)))
        found.append(value - _rounded(excess / _Float(2)))
    found.append(_rounded(at(last)))
    made: Array = np.clip(found, INT16_MIN, INT16_MAX).astype(np.int16)
    made.setflags(write=False)
    return made


def _rounded(value: _Float) -> _Float:
    """To the nearest whole number, ties away from zero."""
    result: _Float = _Float(math.copysign(math.floor(abs(float(value)) + 0.5), float(value)))
    return result


@functools.cache
def exponentials() -> Array:
    """exp(x) for x from -10 to 0, int16 [513]."""
    return _table(math.exp, _Float(_LEAST_EXPONENT / _RANGE) * _Float(_RANGE), _Float(0))


@functools.cache
def reciprocals() -> Array:
    """1 / (1 + x) for x from 0 to 1, int16 [513]."""
    return _table(lambda x: 1 / (1 + x), _Float(0), _Float(1.0 / _RANGE) * _Float(_RANGE))


def _looked_up(table: Array, index: Int64) -> Int64:
    """The table at an int16 argument, interpolated; the twin of ek_softmax_s16_look_up."""
    base = 256 + (index >> 7)
    values = table.astype(np.int64)
    slope = values[base + 1] - values[base]
    result: Int64 = values[base] + ((slope * (index & 127) + 64) >> 7)
    return result


def _multiplier(op: Op, graph: Graph) -> tuple[int, int]:
    """Mantissa and shift that take a difference of inputs to steps of 10 / 65535."""
    return quantize_multiplier(
        quant_of(graph.input(op, 0)).scale * op.attrs.beta / (-_LEAST_EXPONENT / _RANGE)
    )


def wrong_wide_beta(op: Op, graph: Graph) -> str | None:
    """What a constraint answers about beta and scale, whose product must be below 2."""
    scale, beta = quant_of(graph.input(op, 0)).scale, op.attrs.beta
    fits = beta > 0 and _multiplier(op, graph)[1] <= _MAX_SHIFT
    return None if fits else f"beta {beta:g}, scale {scale:g}"


def wide_softmax(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Exponentials, times the reciprocal of their sum; int16."""
    values = inputs[0]
    assert values is not None
    x = values.astype(np.int64)
    below = multiply_by_quantized_multiplier(
        x - x.max(axis=-1, keepdims=True), *_multiplier(op, graph)
    )
    parts = _looked_up(exponentials(), np.clip(below + INT16_MAX, INT16_MIN, INT16_MAX))
    total = parts.sum(axis=-1, keepdims=True)
    leading_zeros = np.int64(32) - np.frexp(total.astype(np.float64))[1]
    # The sum as a number in [1, 2) with 16 bits behind the point.
    scaled = ((total << (leading_zeros - 1)) + (1 << 13)) >> 14
    fraction = np.clip(scaled - (1 << 16) + INT16_MIN, INT16_MIN, INT16_MAX)
    shift = 31 - leading_zeros
    shares = (parts * _looked_up(reciprocals(), fraction) + (np.int64(1) << (shift - 1))) >> shift
    result: Array = np.clip(shares, 0, INT16_MAX).astype(np.int16)
    return result


def wide_softmax_kernel(op: Op, graph: Graph) -> KernelChoice:
    """The kernel that does the same."""
    shape = graph.input(op, 0).shape
    multiplier, shift = _multiplier(op, graph)
    params = (
        ("rows", math.prod(shape[:-1])),
        ("depth", shape[-1]),
        ("multiplier", multiplier),
        ("shift", shift),
        ("exponentials", ConstArray("exponentials", exponentials())),
        ("reciprocals", ConstArray("reciprocals", reciprocals())),
    )
    in_place = elementwise_lead(op, graph)
    return KernelChoice("softmax", "s16", (KernelCall(params),), own_params=True, in_place=in_place)

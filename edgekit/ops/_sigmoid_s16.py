"""LOGISTIC and TANH of int16 values: interpolated in a table of the logistic function.

Source: the behaviour of tflite-micro's reference kernels. The argument is brought to steps of
1 / 12288 by a multiplier and a shift; the table has the logistic function at every 1/24, which is
512 such steps, or half of it for TANH: tanh(x) = 2 logistic(2 x) - 1.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import Int64

RESULT_SCALE = 2.0**-15
# Above this the multiplied argument would leave 32 bits.
MAX_SCALE = 65535 / 12288
_ARGUMENT_STEPS = 12288
_LARGEST_MULTIPLIER = 32767
_LARGEST_SHIFT = 31
_TABLE_SIZE, _TABLE_STEPS = 256, 24
# Scales count as a power of two whose logarithm is so near to a whole number.
_WHOLE = 1e-3


@dataclass(frozen=True, slots=True)
class Curve:
    """How an op uses the table.

    Attributes:
        powers: those of two, above 2**-12, at which an input's scale takes no shift.
        bits: steps from one value of the table to the next, as a power of two.
        end: the table's value beyond its end.
    """

    powers: tuple[int, ...]
    bits: int
    end: int


@functools.cache
def table() -> Array:
    """The logistic function at 0, 1/24, 2/24 ...; uint16, 2**16 is 1.

    Each value is raised by half of what interpolation lacks in the middle of its interval. The
    last one is as large as the type allows.
    """
    places = np.arange(_TABLE_SIZE) / _TABLE_STEPS

    def at(x: Array) -> Array:
        return np.asarray(2.0**16 / (1.0 + np.exp(-x)))

    step = 1 / _TABLE_STEPS
    lack = at(places + step / 2) - (at(places) + at(places + step)) / 2
    values = np.floor(at(places) + lack / 2 + 0.5).astype(np.uint16)
    values[-1] = 2**16 - 1
    values.setflags(write=False)
    return values


def argument_scale(scale: float, powers: tuple[int, ...]) -> tuple[int, int]:
    """Multiplier and right shift that take an input to steps of 1 / 12288.

    Args:
        scale: the input's.
        powers: those of two, above 2**-12, at which no shift is needed.
    """
    logarithm = math.log2(scale)
    power = round(logarithm) + 12
    if abs(logarithm - round(logarithm)) < _WHOLE and power in powers:
        return 3 << power, 0
    multiplier, shift = scale * _ARGUMENT_STEPS, 0
    while multiplier <= _LARGEST_MULTIPLIER / 2 and shift < _LARGEST_SHIFT:
        multiplier, shift = multiplier * 2, shift + 1
    return int(multiplier), shift


def interpolated(
    op: Op, graph: Graph, inputs: Sequence[Array | None], curve: Curve
) -> tuple[Int64, Int64]:
    """The arguments, and the table's values for their magnitudes times 2**curve.bits.

    Args:
        op: LOGISTIC or TANH.
        graph: its graph.
        inputs: of the op.
        curve: the op's.
    """
    values = inputs[0]
    assert values is not None
    multiplier, shift = argument_scale(quant_of(graph.input(op, 0)).scale, curve.powers)
    half, bits = (1 << shift) >> 1, curve.bits
    argument: Int64 = (values.astype(np.int64) * multiplier + half) >> shift
    magnitude = np.abs(argument)
    index = np.minimum(magnitude >> bits, _TABLE_SIZE - 2)
    entries = table().astype(np.int64)
    low, high = entries[index], entries[index + 1]
    within = (low << bits) + (magnitude & ((1 << bits) - 1)) * (high - low)
    beyond = magnitude >> bits >= _TABLE_SIZE - 1
    return argument, np.asarray(np.where(beyond, curve.end << bits, within))


def sigmoid_kernel(name: str, op: Op, graph: Graph, curve: Curve) -> KernelChoice:
    """The kernel, `logistic` or `tanh`."""
    multiplier, shift = argument_scale(quant_of(graph.input(op, 0)).scale, curve.powers)
    params = (
        ("count", graph.output(op).size),
        ("multiplier", multiplier),
        ("shift", shift),
        ("table", ConstArray("table", table())),
    )
    in_place = elementwise_lead(op, graph)
    return KernelChoice(name, "s16", (KernelCall(params),), own_params=True, in_place=in_place)

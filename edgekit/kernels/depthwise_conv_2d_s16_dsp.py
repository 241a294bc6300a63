"""DEPTHWISE_CONV_2D of int16 on cores with the DSP extension."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from edgekit.ir import DType, Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words, halfwords
from edgekit.kernels._wide_sums import FORM_WORDS, WideSums, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._conv import window_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})
VALUES = DType.INT16

_CHANNELS = 4
# Taps that are written out in machine code; more are a loop.
_LONGEST = 12


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Depth multiplier 1, at least 4 channels, sums that fit 64 bits when they are scaled."""
    channels = graph.output(op).shape[3]
    sums = sums_of(op, graph, axis=3)
    if op.attrs.depth_multiplier != 1 or channels < _CHANNELS or sums is None:
        return None
    taps = sums.weights.shape[1]
    loops = -(-taps // _LONGEST)
    unroll = -(-taps // loops)
    layout = WeightBlocks(unroll * loops * 2, after=_CHANNELS * FORM_WORDS)
    params: tuple[tuple[str, ParamValue], ...] = (
        *window_params(op, graph),
        *sums.limits,
        ("prescale", sums.prescale),
        ("unroll", unroll),
        ("loops", loops),
        ("stream", ConstArray("weights", _stream(sums, unroll * loops), layout)),
    )
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "depthwise_conv_2d",
        "s16_dsp",
        (KernelCall(params),),
        unroll * loops * 4 + channels * 2,
        _cost(op, graph, unroll, loops),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides),
    )


def _stream(sums: WideSums, taps: int) -> Int32:
    """Per four channels their weights and forms; the last four are the last ones there are."""
    channels = len(sums.weights)
    padded = np.pad(sums.weights, ((0, 0), (0, taps - sums.weights.shape[1])))
    parts: list[npt.ArrayLike] = []
    for begin in range(0, channels, _CHANNELS):
        first = min(begin, channels - _CHANNELS)
        weights = padded[first : first + _CHANNELS].T
        parts += [
            halfwords(weights[:, ::2], weights[:, 1::2]),
            sums.forms[first : first + _CHANNELS],
        ]
    return as_words(parts)


def _cost(op: Op, graph: Graph, unroll: int, loops: int) -> Cost:
    """Instructions of the assembler, and what was counted of the C around it."""
    *image, channels = graph.output(op).shape
    block = loops * (unroll * 8 + 3) + 4 * 10
    pixel = -(-channels // _CHANNELS) * block + 30
    return Cost(math.prod(image) * pixel, 500 + unroll * 32)

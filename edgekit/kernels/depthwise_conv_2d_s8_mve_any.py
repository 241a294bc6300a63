"""DEPTHWISE_CONV_2D of any window on cores with MVE: 8 channels of a position at a time."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words
from edgekit.kernels._mve_sums import Mode, Sums, byte_words, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import Window, quant_of
from edgekit.ops._conv import windows
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})

LANES = 8
# Instructions that a tap takes more where the window reaches over the border.
_BORDER_TAP = 10.0
# Two products with -128 might not fit 16 bits.
_LEAST_WEIGHT = -127


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One filter a channel, weights of -127 or more."""
    attrs = op.attrs
    sums = sums_of(op, graph, axis=3)
    if attrs.depth_multiplier != 1 or sums.weights.min() < _LEAST_WEIGHT:
        return None
    rows, columns = windows(op, graph)
    batches, input_h, input_w, channels = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    params = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("channels", channels),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("stride_h", attrs.stride_h),
        ("stride_w", attrs.stride_w),
        ("dilation_h", attrs.dilation_h_factor),
        ("dilation_w", attrs.dilation_w_factor),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("mode", int(sums.mode)),
        ("stream", ConstArray("weights", stream_of(sums))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_mve_any",
        (KernelCall(params),),
        cost=_cost(op, graph, sums),
        own_params=True,
        in_place=windowed_lead(op, graph, (rows, columns), (attrs.stride_h, attrs.stride_w)),
    )


def stream_of(sums: Sums) -> Int32:
    """Forms and weights of 8 channels at a time; ek_depthwise_conv_2d_s8_mve_any.h."""
    more = -len(sums.weights) % LANES
    weights = np.pad(sums.weights, ((0, more), (0, 0)))
    form = np.pad(sums.form, ((0, 0), (0, more)))
    parts: list[npt.ArrayLike] = []
    for c in range(0, len(weights), LANES):
        block = form[:, c : c + LANES]
        parts += [np.concatenate([block[:, ::2], block[:, 1::2]], axis=1)]
        parts += [byte_words(weights[c : c + LANES].T)]
    return as_words(parts)


def _cost(op: Op, graph: Graph, sums: Sums) -> Cost:
    """Counted in what the compiler makes of it, and checked on str_ww and vww_96."""
    _, height, width, channels = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    attrs = op.attrs
    rows, columns = windows(op, graph)
    whole = math.prod(
        _inside(window, *axis)
        for window, axis in (
            (rows, (height, (kernel_h - 1) * attrs.dilation_h_factor, attrs.stride_h)),
            (columns, (width, (kernel_w - 1) * attrs.dilation_w_factor, attrs.stride_w)),
        )
    )
    taps = kernel_h * (13 * (kernel_w // 2) + 9 * (kernel_w % 2) + (3 if kernel_w > 1 else 0))
    scale = {Mode.RELU: 36, Mode.SIGNED: 40, Mode.GENERAL: 48}[sums.mode] + 2 * sums.clamps
    over = (rows.size * columns.size - whole) * kernel_h * kernel_w * _BORDER_TAP
    vectors = -(-channels // LANES)
    pixels = rows.size * columns.size * (25 + vectors * (taps + scale)) + vectors * over
    return Cost(graph.input(op, 0).shape[0] * pixels, 650)


def _inside(window: Window, size: int, reach: int, stride: int) -> int:
    """Positions along an axis whose windows lie inside of the input."""
    starts = np.arange(window.size) * stride - window.pad
    return int(((starts >= 0) & (starts + reach < size)).sum())

"""3x3 CONV_2D of stride 1 on cores with the DSP extension, by Winograd's F(2x2, 3x3).

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.1. The
kernel's header tells why all of it is exact. Takes 3.6 times the flash of int8 weights.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import (
    Int32,
    Int64,
    Sums,
    as_words,
    halfwords,
    pair_order,
    sums_of,
    weights_of,
)
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import banded_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})

# The weights' transform, doubled along each axis: integer, and four times as large.
_G = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]])
_DOUBLINGS = 2
# Rows of outputs of a tile.
_TILE = 2
# A row of four positions is written out: 40 bytes per input channel.
_MOST_CHANNELS = 64
# A store's offset has 12 bits.
_MOST_OFFSET = 4095


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """3x3, stride 1, outputs in whole pairs of tiles, channels in whole groups."""
    if not _applies(op, graph):
        return None
    transformed = _transformed(op, graph)
    room = 15 - np.ceil(np.log2(np.abs(transformed).max(axis=(1, 2, 3)) + 1)).astype(int)
    if room.min() < 0:
        return None
    least = (_DOUBLINGS,) * len(transformed)
    sums = sums_of(op, graph, (least, tuple(int(each) + _DOUBLINGS for each in room)))
    if sums is None:
        return None
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    _, output_h, output_w, output_c = graph.output(op).shape
    rows, columns = windows(op, graph)
    params: tuple[tuple[str, ParamValue], ...] = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("exponent", sums.exponent),
        ("stream", ConstArray("weights", _stream(transformed, sums))),
    )
    scratch = input_c * (64 + 16)
    call = KernelCall(params)
    cost = _cost(op, graph, sums)
    return KernelChoice(
        "conv_2d",
        "s8_dsp_winograd",
        (call,),
        scratch,
        cost,
        own_params=True,
        in_place=banded_lead(op, graph, rows, 1, _TILE),
    )


def _applies(op: Op, graph: Graph) -> bool:
    attrs = op.attrs
    filters, kernel_h, kernel_w, depth = graph.input(op, 1).shape
    _, output_h, output_w, _ = graph.output(op).shape
    steps = (attrs.stride_h, attrs.stride_w, attrs.dilation_h_factor, attrs.dilation_w_factor)
    return (
        (kernel_h, kernel_w) == (3, 3)
        and steps == (1, 1, 1, 1)
        and depth == graph.input(op, 0).shape[3]
        and depth % 4 == 0
        and depth <= _MOST_CHANNELS
        and filters % 2 == 0
        and output_h % 2 == 0
        and output_w % 4 == 0
        and (output_w + 4) * filters <= _MOST_OFFSET
    )


def _transformed(op: Op, graph: Graph) -> Int64:
    """The weights' transform, four times as large: [filters, 4, 4, input channels]."""
    filters, _, _, depth = graph.input(op, 1).shape
    weights = weights_of(op, graph).reshape(filters, 3, 3, depth)
    result: Int64 = np.einsum("iy,fyxc,jx->fijc", _G, weights, _G)
    return result


def _stream(transformed: Int64, sums: Sums) -> Int32:
    """Transformed weights, biases and forms of two channels at a time."""
    filters, _, _, depth = transformed.shape
    _, bias = sums.scaled()
    shifts = np.array([form.prescale - _DOUBLINGS for form in sums.forms])
    ordered = transformed.reshape(filters, 16, depth)[:, :, pair_order(depth)]
    scaled = ordered << shifts[:, None, None]
    pairs = halfwords(scaled[..., ::2], scaled[..., 1::2]).reshape(filters, 16, -1, 2)
    words: list[npt.ArrayLike] = []
    for c in range(0, filters, 2):
        words.append(np.stack([pairs[c], pairs[c + 1]], axis=2))
        for channel in (c, c + 1):
            words += [bias[channel], sums.form(channel)]
    return as_words(words)


def _cost(op: Op, graph: Graph, sums: Sums) -> Cost:
    """The block is counted in its assembler; the windows' part was fitted to emulated runs of
    the 3x3 convolutions of MLPerf Tiny's ResNet.
    """
    batches, output_h, output_w, output_c = graph.output(op).shape
    depth = graph.input(op, 1).shape[3]
    clamp = 3 * ((sums.low > -128) + (sums.high < 127))
    outputs = 16 * ((3 if sums.exponent else 6) + clamp + 1)
    pair = 40 * depth + 12 + 4 * 24 + 2 * 24 + outputs + 20
    window = 2 * (depth / 4 * 275 + 90)
    blocks = batches * output_h * output_w / 8
    return Cost(blocks * (pair * output_c / 2 + window), 40 * depth + 1600)

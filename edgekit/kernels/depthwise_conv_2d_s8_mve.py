"""DEPTHWISE_CONV_2D on cores with MVE: a window of up to 4x4 taps is summed in one instruction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words
from edgekit.kernels._mve_sums import Mode, Sums, byte_words, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import windows
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})

_GROUP = 16
_POSITIONS = 4
# Taps along each side of the window that one vector holds.
_SIDE = 4
# A column in scratch: a word for each channel of a group.
_COLUMN_BYTES = _GROUP * 4
# Columns between positions: 3 of them must be within reach of a gathering load's 7 bits, words.
_MOST_STRIDE = 2


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Small windows, a filter for each of an even number of channels."""
    attrs = op.attrs
    _, kernel_h, kernel_w, channels = graph.input(op, 1).shape
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    if max(kernel_h, kernel_w) > _SIDE or attrs.stride_w > _MOST_STRIDE:
        return None
    # Offsets of a block's results have 16 bits.
    if channels != input_c or channels % 2 or _POSITIONS * channels > 0xFFFF:
        return None
    sums = sums_of(op, graph, axis=3)
    rows, columns = windows(op, graph)
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
        ("stream", ConstArray("weights", _stream(sums, kernel_h, kernel_w))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_mve",
        (KernelCall(params),),
        _scratch_bytes(op, columns.size),
        _cost(op, graph, sums),
        own_params=True,
    )


def _stream(sums: Sums, kernel_h: int, kernel_w: int) -> Int32:
    """Weights, column by column, and forms of two channels at a time, as the block reads them."""
    channels = len(sums.weights)
    square = sums.weights.reshape(channels, kernel_h, kernel_w).swapaxes(1, 2)
    more = ((0, 0), (0, _SIDE - kernel_w), (0, _SIDE - kernel_h))
    words = byte_words(np.pad(square, more).reshape(channels, -1))
    parts: list[npt.ArrayLike] = []
    for c in range(0, channels, 2):
        parts += [words[c : c + 2], sums.form[:, c : c + 2]]
    return as_words(parts)


def _scratch_bytes(op: Op, width: int) -> int:
    """Offsets, zero points, and the columns that blocks of a row read."""
    attrs = op.attrs
    reach = (_SIDE - 1) * attrs.dilation_w_factor + 1
    columns: int = (max(width, _POSITIONS) - 1) * attrs.stride_w + reach
    return 2 * 2 * _POSITIONS + _GROUP + columns * _COLUMN_BYTES


def _cost(op: Op, graph: Graph, sums: Sums) -> Cost:
    """Instructions counted in the assembler; those around it were fitted to emulated runs of
    MLPerf Tiny's models.
    """
    batches, height, width, channels = graph.output(op).shape
    groups = -(-channels // _GROUP)
    pair = {Mode.RELU: 38, Mode.SIGNED: 43, Mode.GENERAL: 46}[sums.mode] + 3 * sums.clamps
    row = -(-width // _POSITIONS) * (pair * channels / 2 + 20 * groups)
    row += groups * (14 * width * op.attrs.stride_w + 50)
    return Cost(batches * height * row, 1000)

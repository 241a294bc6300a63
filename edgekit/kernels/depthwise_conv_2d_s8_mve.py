"""DEPTHWISE_CONV_2D on cores with MVE: a window of up to 16 taps is summed in one instruction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words
from edgekit.kernels._mve_sums import VECTOR_BYTES, Mode, Sums, byte_words, sums_of
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
# Columns between positions: 3 of them must be within reach of a gathering load's 7 bits, words.
_MOST_STRIDE = 2


@dataclass(frozen=True, slots=True)
class _Axis:
    """Rows or columns; `pad` is in front of the first one."""

    size_in: int
    size_out: int
    kernel: int
    stride: int
    dilation: int
    pad: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """Windows as the kernel runs over them.

    Attributes:
        rows: one row of windows is computed at a time.
        columns: positions of a row.
        folded: the window's only row is longer than 4 taps; it becomes columns of 4 taps each.
    """

    rows: _Axis
    columns: _Axis
    folded: bool

    @classmethod
    def of(cls, op: Op, graph: Graph) -> _Shape | None:
        """None where a vector does not hold the window."""
        attrs = op.attrs
        _, height, width, _ = graph.input(op, 0).shape
        _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
        over_rows, over_columns = windows(op, graph)
        stride, dilation = attrs.stride_h, attrs.dilation_h_factor
        rows = _Axis(height, over_rows.size, kernel_h, stride, dilation, over_rows.pad)
        stride, dilation = attrs.stride_w, attrs.dilation_w_factor
        columns = _Axis(width, over_columns.size, kernel_w, stride, dilation, over_columns.pad)
        if width == kernel_w == columns.size_out == 1:
            # A tensor of one column lies in memory as a row does.
            rows, columns = columns, rows
        if columns.stride > _MOST_STRIDE or rows.kernel > _SIDE:
            return None
        if columns.kernel <= _SIDE:
            return cls(rows, columns, folded=False)
        alone = rows.kernel == 1 and rows.pad == 0 and columns.dilation == 1
        inside = (rows.size_out - 1) * rows.stride < rows.size_in
        if columns.kernel > VECTOR_BYTES or not alone or not inside:
            return None
        return cls(rows, columns, folded=True)

    @property
    def window(self) -> tuple[int, int, int]:
        """Rows and columns of taps as a vector holds them, and the columns' distance."""
        if self.folded:
            return _SIDE, -(-self.columns.kernel // _SIDE), _SIDE
        return self.rows.kernel, self.columns.kernel, self.columns.dilation

    def scratch_bytes(self, channels: int) -> int:
        """Offsets, zero points, the columns that blocks of a row read, and a vector of each row.

        A column is a word for each channel of a group.
        """
        reach = (_SIDE - 1) * self.window[2] + 1
        columns = (max(self.columns.size_out, _POSITIONS) - 1) * self.columns.stride + reach
        column_bytes = 4 * min(channels, _GROUP)
        return 2 * 2 * _POSITIONS + _GROUP + columns * column_bytes + _SIDE * VECTOR_BYTES


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Small windows, a filter for each of an even number of channels."""
    batches, *_, channels = graph.input(op, 0).shape
    shape = _Shape.of(op, graph)
    # Offsets of a block's results have 16 bits.
    if shape is None or channels % 2 or _POSITIONS * channels > 0xFFFF:
        return None
    if op.attrs.depth_multiplier != 1:
        return None
    sums = sums_of(op, graph, axis=3)
    rows, columns = shape.rows, shape.columns
    kernel_h, kernel_w, dilation_w = shape.window
    params = (
        ("batches", batches),
        ("input_h", rows.size_in),
        ("input_w", columns.size_in),
        ("channels", channels),
        ("output_h", rows.size_out),
        ("output_w", columns.size_out),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("stride_h", rows.stride),
        ("stride_w", columns.stride),
        ("dilation_h", rows.dilation),
        ("dilation_w", dilation_w),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("folded", shape.folded),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("mode", int(sums.mode)),
        ("stream", ConstArray("weights", _stream(sums, shape))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_mve",
        (KernelCall(params),),
        shape.scratch_bytes(channels),
        _cost(batches, channels, shape, sums),
        own_params=True,
    )


def _stream(sums: Sums, shape: _Shape) -> Int32:
    """Weights, column by column, and forms of two channels at a time, as the block reads them."""
    channels = len(sums.weights)
    if shape.folded:
        taps = sums.weights
    else:
        height, width = shape.rows.kernel, shape.columns.kernel
        square = sums.weights.reshape(channels, height, width).swapaxes(1, 2)
        taps = np.pad(square, ((0, 0), (0, 0), (0, _SIDE - height))).reshape(channels, -1)
    words = byte_words(np.pad(taps, ((0, 0), (0, VECTOR_BYTES - taps.shape[1]))))
    parts: list[npt.ArrayLike] = []
    for c in range(0, channels, 2):
        parts += [words[c : c + 2], sums.form[:, c : c + 2]]
    return as_words(parts)


def _cost(batches: int, channels: int, shape: _Shape, sums: Sums) -> Cost:
    """Instructions counted in the assembler; those around it were fitted to emulated runs of
    MLPerf Tiny's models.
    """
    columns = shape.columns
    groups = -(-channels // _GROUP)
    pair = {Mode.RELU: 38, Mode.SIGNED: 43, Mode.GENERAL: 46}[sums.mode] + 3 * sums.clamps
    row = -(-columns.size_out // _POSITIONS) * (pair * channels / 2 + 20 * groups)
    vectors = max(columns.size_out * columns.stride * min(channels, _GROUP) / _GROUP, 1)
    row += groups * (14 * vectors + 50)
    return Cost(batches * shape.rows.size_out * row, 1000)

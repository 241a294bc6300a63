"""DEPTHWISE_CONV_2D on cores with MVE: a window of up to 16 taps is summed in one instruction."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words
from edgekit.kernels._mve_sums import VECTOR_BYTES, Mode, Sums, byte_words, sums_of
from edgekit.ops import ConstArray, Cost, InPlace, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import windows
from edgekit.ops._kernel import ParamValue
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})

_GROUP = 16
_POSITIONS = 4
# Taps along each side of the window that one vector holds.
_SIDE = 4
# Columns between positions: 3 of them must be within reach of a gathering load's 7 bits, words.
_MOST_STRIDE = 2
# Offsets of a block's results have 16 bits.
_MOST_OFFSET = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Axis:
    """Rows or columns; `pad` is in front of the first one, pitches are in pixels."""

    size_in: int
    size_out: int
    kernel: int
    stride: int
    dilation: int
    pad: int
    pitch_in: int
    pitch_out: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """Windows as the kernel runs over them.

    Attributes:
        batches: images.
        channels: of the input and of the output.
        rows: one or two rows of windows are computed at a time.
        columns: positions of a row.
        turned: rows are the image's columns, and columns its rows.
        folded: the window's only row is longer than 4 taps; it becomes columns of 4 taps each.
        lines: rows of windows that are computed together.
        saved: rows of the input that are kept for the next rows of windows, so that the output
            may overwrite them.
    """

    batches: int
    channels: int
    rows: _Axis
    columns: _Axis
    turned: bool
    folded: bool
    lines: int = 1
    saved: int = 0

    @property
    def window(self) -> tuple[int, int, int]:
        """Rows and columns of taps as a vector holds them, and the columns' distance."""
        if self.folded:
            return _SIDE, -(-self.columns.kernel // _SIDE), _SIDE
        return self.rows.kernel, self.columns.kernel, self.columns.dilation

    @property
    def pairs(self) -> bool:
        """Whether blocks compute two channels of a row, not two rows of a channel."""
        return self.lines == 1 and self.channels % 2 == 0

    @property
    def masked(self) -> bool:
        """Whether some results of blocks of two rows are not stored."""
        narrow = self.columns.size_out < _POSITIONS
        return self.lines == 1 or self.rows.size_out % 2 == 1 or narrow

    @property
    def is_run(self) -> bool:
        """Whether a row's columns follow each other without a gap."""
        return self.channels < _GROUP and self.columns.pitch_in == 1

    @property
    def furthest(self) -> int:
        """The highest offset of a block's results."""
        other = 1 if self.pairs else (self.lines - 1) * self.rows.pitch_out * self.channels
        return (_POSITIONS - 1) * self.columns.pitch_out * self.channels + other

    def scratch_bytes(self) -> int:
        """Offsets, zero points, rows that are kept, the columns that blocks of a row read, and a
        vector of each row.

        A column is a word for each channel of a group.
        """
        reach = (_SIDE - 1) * self.window[2] + 1
        columns = (max(self.columns.size_out, _POSITIONS) - 1) * self.columns.stride + reach
        column_bytes = 4 * min(self.channels, _GROUP)
        kept = self.columns.size_in * (self.channels if self.is_run else VECTOR_BYTES)
        kept = self.saved * -(-kept // VECTOR_BYTES) * VECTOR_BYTES
        return 2 * 2 * _POSITIONS + _GROUP + kept + columns * column_bytes + _SIDE * VECTOR_BYTES

    def overwrites_safely(self) -> bool:
        """Whether the output may start where the input does: every pixel is written in or after
        the step of the kernel that reads what lies there for the last time.

        Channels do not meet: each is read and written at its own place in a pixel.
        """
        rows, columns = self.rows, self.columns
        step = np.arange(rows.size_out) // self.lines
        last = np.full(rows.size_in, -1)
        for i in range(int(step[-1]) + 1):
            # Rows that are kept are read from scratch, but by the first step.
            used = np.arange(self.saved if i else 0, rows.kernel + self.lines - 1)
            read = i * self.lines * rows.stride - rows.pad + used * rows.dilation
            last[read[(read >= 0) & (read < rows.size_in)]] = i
        steps = int(step[-1]) + 1
        images = np.arange(self.batches)[:, None, None]
        size_in, size_out = rows.size_in * columns.size_in, rows.size_out * columns.size_out
        over_rows = np.arange(rows.size_out)[None, :, None]
        over_columns = np.arange(columns.size_out)[None, None, :]
        place = images * size_out + over_rows * rows.pitch_out + over_columns * columns.pitch_out
        written = np.broadcast_to(images * steps + step[None, :, None], place.shape)
        inside = place < self.batches * size_in
        place, written = place[inside], written[inside]
        row = place % size_in // rows.pitch_in % rows.size_in
        read = last[row]
        return bool((written >= np.where(read < 0, -1, place // size_in * steps + read)).all())


def _shapes(op: Op, graph: Graph) -> list[_Shape]:
    """The ways in which the kernel can do it; none where a vector does not hold the window."""
    attrs = op.attrs
    batches, height, width, channels = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    over_rows, over_columns = windows(op, graph)
    vertical = _Axis(
        height,
        over_rows.size,
        kernel_h,
        attrs.stride_h,
        attrs.dilation_h_factor,
        over_rows.pad,
        width,
        over_columns.size,
    )
    horizontal = _Axis(
        width,
        over_columns.size,
        kernel_w,
        attrs.stride_w,
        attrs.dilation_w_factor,
        over_columns.pad,
        1,
        1,
    )
    found = []
    for rows, columns in ((vertical, horizontal), (horizontal, vertical)):
        shape = _Shape(batches, channels, rows, columns, rows is horizontal, folded=False)
        if columns.stride > _MOST_STRIDE or rows.kernel > _SIDE:
            continue
        if columns.kernel > _SIDE:
            alone = rows.kernel == 1 and rows.pad == 0 and columns.dilation == 1
            inside = (rows.size_out - 1) * rows.stride < rows.size_in
            if columns.kernel <= VECTOR_BYTES and alone and inside:
                found.append(dataclasses.replace(shape, folded=True))
            continue
        found.append(shape)
        if rows.kernel < _SIDE and rows.stride == rows.dilation == 1 and rows.size_out > 1:
            found.append(dataclasses.replace(shape, lines=2))
    return [shape for shape in found if shape.furthest <= _MOST_OFFSET]


def _in_place(shape: _Shape) -> _Shape | None:
    """The shape with as few kept rows as let the output overwrite the input; None if none do."""
    advance = shape.lines * shape.rows.stride
    used = shape.rows.kernel + shape.lines - 1
    most = min(shape.rows.pad, used - advance) if shape.rows.dilation == 1 else 0
    for saved in range(max(most, 0) + 1):
        kept = dataclasses.replace(shape, saved=saved)
        if kept.overwrites_safely():
            return kept
    return None


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Small windows, one filter a channel."""
    if op.attrs.depth_multiplier != 1:
        return None
    shapes = _shapes(op, graph)
    if not shapes:
        return None
    sums = sums_of(op, graph, axis=3)
    best = min(shapes, key=lambda shape: _cost(shape, sums).instructions)
    kept = _in_place(best)
    shape = kept or best
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_mve",
        (KernelCall((*_geometry(op, graph, shape), *_arithmetic(op, graph, shape, sums))),),
        shape.scratch_bytes(),
        _cost(shape, sums),
        own_params=True,
        in_place=(InPlace(0, exact=True),) if kept else (),
    )


def _geometry(op: Op, graph: Graph, shape: _Shape) -> tuple[tuple[str, ParamValue], ...]:
    rows, columns, channels = shape.rows, shape.columns, shape.channels
    kernel_h, kernel_w, dilation_w = shape.window
    return (
        ("batches", shape.batches),
        ("input_h", rows.size_in),
        ("input_w", columns.size_in),
        ("channels", channels),
        ("output_h", rows.size_out),
        ("output_w", columns.size_out),
        ("input_row", rows.pitch_in * channels),
        ("input_column", columns.pitch_in * channels),
        ("output_row", rows.pitch_out * channels),
        ("output_column", columns.pitch_out * channels),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("stride_h", rows.stride),
        ("stride_w", columns.stride),
        ("dilation_h", rows.dilation),
        ("dilation_w", dilation_w),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("folded", shape.folded),
        ("pairs", shape.pairs),
        ("lines", shape.lines),
        ("saved", shape.saved),
    )


def _arithmetic(
    op: Op, graph: Graph, shape: _Shape, sums: Sums
) -> tuple[tuple[str, ParamValue], ...]:
    return (
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("mode", int(sums.mode)),
        ("stream", ConstArray("weights", _stream(sums, shape))),
    )


def _stream(sums: Sums, shape: _Shape) -> Int32:
    """Weights, column by column, and forms of a channel or two, as the block reads them."""
    channels = len(sums.weights)
    if shape.folded:
        taps = sums.weights
    else:
        height, width = shape.rows.kernel, shape.columns.kernel
        if shape.turned:
            square = sums.weights.reshape(channels, width, height)
        else:
            square = sums.weights.reshape(channels, height, width).swapaxes(1, 2)
        taps = np.pad(square, ((0, 0), (0, 0), (0, _SIDE - height))).reshape(channels, -1)
    words = byte_words(np.pad(taps, ((0, 0), (0, VECTOR_BYTES - taps.shape[1]))))
    parts: list[npt.ArrayLike] = []
    block = 2 if shape.pairs else 1
    for c in range(0, channels, block):
        parts += [words[c : c + block], sums.form[:, c : c + block]]
    return as_words(parts)


def _cost(shape: _Shape, sums: Sums) -> Cost:
    """Instructions counted in the assembler; those around it were fitted to emulated runs of
    MLPerf Tiny's models.
    """
    columns, channels = shape.columns, shape.channels
    groups = -(-channels // _GROUP)
    if shape.pairs:
        block = {Mode.RELU: 38, Mode.SIGNED: 43, Mode.GENERAL: 46}[sums.mode] * channels / 2
        block += 3 * sums.clamps * channels / 2
    else:
        block = float({Mode.RELU: 33, Mode.SIGNED: 38, Mode.GENERAL: 40}[sums.mode] * channels)
        block += (3 * sums.clamps + shape.masked) * channels
    line = -(-columns.size_out // _POSITIONS) * (block + 20 * groups)
    used = shape.window[0] + shape.lines - 1
    vectors: float = columns.size_out * columns.stride
    if shape.is_run:
        vectors = max(vectors * channels / _GROUP, 1)
    line += groups * ((8 + 2 * used) * vectors + 50)
    return Cost(shape.batches * -(-shape.rows.size_out // shape.lines) * line, 1000)

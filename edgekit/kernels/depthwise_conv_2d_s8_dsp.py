"""DEPTHWISE_CONV_2D of any kernel for cores with the DSP extension: pairs of columns, in C.

The rows under the kernel are spread into 16-bit pairs of neighbouring columns in scratch, so that
one instruction multiplies two taps. Kernels along one dimension run along the columns, whichever
the dimension is: a column of pixels lies in memory as a row of them does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import Linear, intervals, own_exponents
from edgekit.kernels._thresholds import Requant
from edgekit.ops._common import INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers, windows
from edgekit.ops._kernel import ConstArray, Cost, InPlace, KernelCall, KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})

GROUP = 4
_OUTPUTS = 4
_INT16_MAX = 32767
# More of them would be long code.
_MOST_TAPS = 32
MAX_SCRATCH_BYTES = 8192

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """A layer as the kernel sees it, (rows, columns) each."""

    batches: int
    input: tuple[int, int]
    output: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pad: tuple[int, int]

    @property
    def terms(self) -> int:
        """Words of weights for a kernel's row, of one of the two alignments; an even number."""
        width = self.kernel[1]
        words = width // 2 + 1 if self.stride[1] == 1 else -(-width // 2)
        return words + words % 2

    @property
    def taps(self) -> int:
        """Of a kernel of one row that the unrolled code serves; else 0."""
        width = self.kernel[1]
        unrolled = self.kernel[0] == self.stride[1] == 1 and 2 <= width <= _MOST_TAPS
        return width if unrolled else 0

    @property
    def pairs(self) -> int:
        """Pairs of a row, with those that only surplus outputs read."""
        strips = -(-self.output[1] // _OUTPUTS)
        return (2 if self.stride[1] == 1 else _OUTPUTS) * strips + self.terms


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Strides of 1 or 2 along the columns, no dilation, a ring of rows that is not too large."""
    shape = shape_of(op, graph)
    channels = graph.input(op, 0).shape[3]
    scratch = shape.pairs * shape.kernel[0] * min(channels, GROUP) * 4
    dilated = (op.attrs.dilation_h_factor, op.attrs.dilation_w_factor) != (1, 1)
    if dilated or shape.stride[1] not in (1, 2) or scratch > MAX_SCRATCH_BYTES:
        return None
    weights = weights_of(op, graph)
    forms = _forms(op, graph, weights)
    if forms is None:
        return None
    low, high = activation_range(op.attrs.fused_activation_function, quant_of(graph.output(op)))
    params = (
        ("batches", shape.batches),
        ("input_h", shape.input[0]),
        ("input_w", shape.input[1]),
        ("input_c", channels),
        ("output_h", shape.output[0]),
        ("output_w", shape.output[1]),
        ("depth_multiplier", op.attrs.depth_multiplier),
        ("kernel_h", shape.kernel[0]),
        ("stride_h", shape.stride[0]),
        ("stride_w", shape.stride[1]),
        ("pad_h", shape.pad[0]),
        ("pad_w", shape.pad[1]),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("pairs", shape.pairs),
        ("terms", shape.terms),
        ("taps", shape.taps),
        ("output_min", low),
        ("output_max", high),
        ("stream", ConstArray("stream", _stream(op, graph, shape, weights, forms))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_dsp",
        (KernelCall(params),),
        scratch_bytes=scratch,
        cost=_cost(shape, channels, len(weights)),
        own_params=True,
        in_place=(InPlace(0, exact=True),) if op.attrs.depth_multiplier == 1 else (),
    )


def shape_of(op: Op, graph: Graph) -> Shape:
    """The layer; a single column of pixels is taken for a row."""
    attrs = op.attrs
    batches, height, width, _ = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    rows, columns = windows(op, graph)
    shape = Shape(
        batches,
        (height, width),
        (rows.size, columns.size),
        (kernel_h, kernel_w),
        (attrs.stride_h, attrs.stride_w),
        (rows.pad, columns.pad),
    )
    if width == kernel_w == 1:
        return Shape(
            batches, (1, height), (1, rows.size), (1, kernel_h), (1, attrs.stride_h), (0, rows.pad)
        )
    return shape


def weights_of(op: Op, graph: Graph) -> Int64:
    """[output channels, kernel height, kernel width]."""
    data = graph.input(op, 1).data
    assert data is not None
    return np.moveaxis(np.asarray(data[0], np.int64), 2, 0)


def _forms(op: Op, graph: Graph, weights: Int64) -> tuple[Linear, ...] | None:
    """The certified requantization of each output channel."""
    channels = len(weights)
    taps = weights.reshape(channels, -1)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bounds = intervals(taps, bias_of(op, graph, channels), INT8_MIN, INT8_MAX, zero_point)
    multipliers, shifts = (
        np.broadcast_to(each, channels) for each in channel_multipliers(op, graph)
    )
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    largest = np.maximum(np.abs(taps).max(axis=1), 1)
    return own_exponents(
        [
            Requant(int(m), int(s), output.zero_point, low, high)
            for m, s in zip(multipliers, shifts, strict=True)
        ],
        list(zip(bounds[0].tolist(), bounds[1].tolist(), strict=True)),
        [(_INT16_MAX // int(each)).bit_length() - 1 for each in largest],
    )


def _stream(
    op: Op, graph: Graph, shape: Shape, weights: Int64, forms: tuple[Linear, ...]
) -> npt.NDArray[np.int32]:
    """What the kernel reads per output channel; ek_depthwise_conv_2d_s8_dsp.h."""
    channels = len(weights)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bias = bias_of(op, graph, channels) - zero_point * weights.sum(axis=(1, 2))
    prescale = np.array([form.prescale for form in forms], np.int64)
    head = np.array([[f.multiplier, f.addend, -f.step, f.exponent] for f in forms], np.int64)
    rows = (weights << prescale[:, None, None]).reshape(channels, *shape.kernel)
    if shape.taps:
        words = _overlapping(rows, shape.taps)
    else:
        words = [_aligned(rows, 0, shape.terms)]
        if shape.stride[1] == 1:
            words.append(_aligned(rows, 1, shape.terms))
    body = np.stack(words, axis=3).reshape(channels, -1)
    stream = np.concatenate([head, (bias << prescale)[:, None], body], axis=1)
    return stream.astype(np.int32).reshape(-1)


def _overlapping(rows: Int64, taps: int) -> list[Int64]:
    """Pairs that begin at even and at odd taps, as many of each: [channels, rows, taps / 2]."""
    padded = np.pad(rows, ((0, 0), (0, 0), (0, 1)))
    even, odd = padded[:, :, 0 : taps - 1 : 2], padded[:, :, 1:taps:2]
    after = padded[:, :, 2 : taps + 1 : 2]
    return [(even & 0xFFFF) + (odd << 16), (odd & 0xFFFF) + (after << 16)]


def _aligned(rows: Int64, before: int, terms: int) -> Int64:
    """Rows of taps as pairs in a word, behind `before` zeros: [channels, rows, terms]."""
    behind = 2 * terms - before - rows.shape[2]
    padded = np.pad(rows, ((0, 0), (0, 0), (before, behind)))
    words: Int64 = (padded[:, :, 0::2] & 0xFFFF) + (padded[:, :, 1::2] << 16)
    return words


def _cost(shape: Shape, channels: int, filters: int) -> Cost:
    """Instructions by the loops' lengths; checked on str_ww and micro_speech."""
    strips = -(-shape.output[1] // _OUTPUTS)
    strip = shape.kernel[0] * (7 * shape.terms + 12) + 60
    if shape.taps:
        strip = 5 * (shape.taps // 2) + 50
    gathered = shape.output[0] * min(shape.kernel[0], shape.stride[0])
    gather = -(-channels // GROUP) * gathered * shape.pairs * 24
    return Cost(shape.batches * (filters * shape.output[0] * strips * strip + gather), 1000)

"""DEPTHWISE_CONV_2D 3x3 for cores with the DSP extension: two output columns a strip.

Four channels at a time are spread into 16-bit pairs of neighbouring columns, bands of rows, in
scratch; strips then run in registers (ek_depthwise_band.h). Padding holds the zero point, so the
zero point's part of the sums is in the bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import Linear, common_exponent, intervals, own_exponents
from edgekit.kernels._thresholds import Requant
from edgekit.ops._common import INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers, windows
from edgekit.ops._kernel import ConstArray, Cost, InPlace, KernelCall, KernelChoice, ParamValue
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})

_GROUP = 4
# Input rows of a band: the more, the fewer times it is begun. So much scratch is always taken.
BAND_ROWS = (6, 8, 10, 14, 26, 28)
# A store's offset and an addition's immediate have 12 bits.
_MOST_OFFSET = 4095
_SMALL_BYTES = 4096
_INT16_MAX = 32767
# Machine code of two rows of a strip.
_BLOCK_BYTES = 170


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """The strips, where weights are 3x3 and int8's range is the only clamp."""
    return strips(op, graph, BAND_ROWS)


@dataclass(frozen=True, slots=True)
class Bands:
    """How a layer is divided into bands, and what the assembler is made for.

    Attributes:
        rows: input rows of a band.
        single: one band holds everything, also what is gathered beyond it.
        fixed: the output's steps are part of the instructions.
        unroll: blocks of a loop.
        last: whether a row follows a band's blocks: 0 never, 1 at times, 2 always.
    """

    rows: int
    single: bool
    fixed: bool
    unroll: int
    last: int

    @classmethod
    def of(cls, op: Op, graph: Graph, rows: int, *, fixed: bool) -> Bands:
        """Bands of so many rows; code that is not `fixed` serves layers of other sizes, too."""
        stride = op.attrs.stride_h
        windows_h, _ = windows(op, graph)
        height, step = windows_h.size, (rows - 2) // stride
        # Of image rows; they are gathered in twos.
        inside = min(graph.input(op, 0).shape[1], (height - 1) * stride + 3 - windows_h.pad)
        reach = max((height - 1) * stride + 3, windows_h.pad + inside + inside % 2)
        heights = {step} if height > step else set[int]()
        heights.add((height - 1) % step + 1)
        last = 0 if not any(each % 2 for each in heights) else 2
        if last and (len(heights) > 1 or min(heights) < 2):
            last = 1
        row = graph.output(op).shape[3] * graph.output(op).shape[2]
        unroll = 1
        if fixed:
            unrolls = [u for u in (1, 2, 3) if all(each // 2 % u == 0 for each in heights)]
            blocks = height // 2 * -(-row // 2)
            # A loop's end takes as long as five instructions, see _dsp_sums.unrolled.
            unroll = min(
                (u for u in unrolls if u == 1 or 2 * u * row <= _MOST_OFFSET),
                key=lambda u: 5 * blocks / u + 20 * _BLOCK_BYTES * u / alike(op, graph),
            )
        return cls(rows, rows >= reach, fixed and 2 * row <= _MOST_OFFSET, unroll, last)


def strips(
    op: Op, graph: Graph, bands: Sequence[int], *, fixed: bool = False
) -> KernelChoice | None:
    """The strips in bands of one of these numbers of rows; None where they do not apply.

    Args:
        op: the op.
        graph: its graph.
        bands: numbers of rows, rising.
        fixed: code for this layer's size alone.
    """
    if not applies(op, graph):
        return None
    forms = certified(op, graph)
    if forms is None:
        return None
    rows, columns = windows(op, graph)
    stride = op.attrs.stride_h
    pairs = stride * ((columns.size + 1) // 2) + 1
    needed = (rows.size - 1) * stride + 3
    band_rows = _band_rows(bands, pairs, needed, stride, _free_bytes(op, graph))
    band = Bands.of(op, graph, band_rows, fixed=fixed)
    if fixed and not band.fixed:
        return None
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_dsp_3x3",
        (KernelCall(_params(op, graph, band, forms)),),
        scratch_bytes=_scratch_bytes(pairs, band.rows),
        cost=_cost(op, graph, pairs, band, 700 if len(bands) > 1 else 600),
        own_params=True,
        # A group of channels is read before it is written, and none touches another's.
        in_place=(InPlace(0, exact=True),) if op.attrs.depth_multiplier == 1 else (),
    )


def _params(
    op: Op, graph: Graph, band: Bands, forms: tuple[Linear, ...]
) -> tuple[tuple[str, ParamValue], ...]:
    rows, columns = windows(op, graph)
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    return (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("depth_multiplier", op.attrs.depth_multiplier),
        ("stride", op.attrs.stride_h),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("band_rows", band.rows),
        ("single", band.single),
        *code_params(op, graph, band, forms),
    )


def code_params(
    op: Op, graph: Graph, band: Bands, forms: tuple[Linear, ...]
) -> tuple[tuple[str, ParamValue], ...]:
    """The kernels' parameters that say what their assembler is made for, and what it reads."""
    exponents = sorted({form.exponent for form in forms})
    other = other_exponents(forms)
    return (
        ("fixed", band.fixed),
        ("unroll", band.unroll),
        ("last", band.last),
        ("exponent", exponents[0]),
        ("other_exponent", exponents[-1]),
        ("other", ConstArray("other", other) if other.any() else 0),
        ("stream", ConstArray("stream", stream_of(op, graph, forms))),
    )


def other_exponents(forms: tuple[Linear, ...]) -> npt.NDArray[np.uint8]:
    """Per channel 1 where its exponent is not the least of them; there are two at most."""
    least = min(form.exponent for form in forms)
    return np.array([form.exponent != least for form in forms], np.uint8)


def applies(op: Op, graph: Graph) -> bool:
    """3x3, stride 1 or 2, not dilated, and int8's range is the only clamp."""
    attrs = op.attrs
    activation = activation_range(attrs.fused_activation_function, quant_of(graph.output(op)))
    return (
        graph.input(op, 1).shape[1:3] == (3, 3)
        and attrs.stride_h == attrs.stride_w
        and attrs.stride_h in (1, 2)
        and (attrs.dilation_h_factor, attrs.dilation_w_factor) == (1, 1)
        and activation == (INT8_MIN, INT8_MAX)
    )


def _scratch_bytes(pairs: int, band_rows: int) -> int:
    """A word for each pair, channel of a group and row."""
    return pairs * _GROUP * band_rows * 4


def _free_bytes(op: Op, graph: Graph) -> int:
    """What scratch may take without the arena growing: it holds the largest tensor anyway."""
    largest = max(tensor.nbytes for tensor in graph.tensors if not tensor.is_const)
    input_bytes, output_bytes = graph.input(op, 0).nbytes, graph.output(op).nbytes
    if op.attrs.depth_multiplier == 1:
        return largest - max(input_bytes, output_bytes)  # the one lies in the other
    return largest - input_bytes - output_bytes


def _band_rows(bands: Sequence[int], pairs: int, needed: int, stride: int, free: int) -> int:
    """The least number of rows with which there are as few bands as can be."""
    limit = max(_SMALL_BYTES, free)
    fitting = [rows for rows in bands if _scratch_bytes(pairs, rows) <= limit]
    return min(
        fitting or bands[:1], key=lambda rows: -(-(needed - 2) // ((rows - 2) // stride * stride))
    )


def _weights(op: Op, graph: Graph) -> npt.NDArray[np.int64]:
    """[output channels, 3, 3]."""
    data = graph.input(op, 1).data
    assert data is not None
    return np.moveaxis(np.asarray(data[0], np.int64), 2, 0)


def certified(op: Op, graph: Graph) -> tuple[Linear, ...] | None:
    """The certified requantization of each output channel, with one exponent."""
    weights = _weights(op, graph)
    channels = len(weights)
    taps = weights.reshape(channels, -1)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bounds = intervals(taps, bias_of(op, graph, channels), INT8_MIN, INT8_MAX, zero_point)
    multipliers, shifts = (
        np.broadcast_to(each, channels) for each in channel_multipliers(op, graph)
    )
    output = quant_of(graph.output(op)).zero_point
    largest = np.maximum(np.abs(taps).max(axis=1), 1)
    return _two_exponents(
        [Requant(int(m), int(s), output) for m, s in zip(multipliers, shifts, strict=True)],
        list(zip(bounds[0].tolist(), bounds[1].tolist(), strict=True)),
        [(_INT16_MAX // int(each)).bit_length() - 1 for each in largest],
    )


def _two_exponents(
    requants: list[Requant], bounds: list[tuple[int, int]], prescales: list[int]
) -> tuple[Linear, ...] | None:
    """One exponent for all channels, or else one for small and one for large multipliers."""
    forms = common_exponent(requants, bounds, prescales)
    if forms is not None:
        return forms
    alone = own_exponents(requants, bounds, prescales, signed=False)
    if alone is None:
        return None
    highest = [each.exponent for each in alone]
    for cut in sorted(set(highest))[1:]:
        result: list[Linear | None] = [None] * len(highest)
        for upper in (False, True):
            part = [i for i, each in enumerate(highest) if (each >= cut) is upper]
            found = common_exponent(
                [requants[i] for i in part], [bounds[i] for i in part], [prescales[i] for i in part]
            )
            for i, form in zip(part, found or (), strict=False):
                result[i] = form
        certified = tuple(form for form in result if form is not None)
        if len(certified) == len(result):
            return certified
    return None


def stream_of(op: Op, graph: Graph, forms: tuple[Linear, ...]) -> npt.NDArray[np.int32]:
    """What the kernel reads per output channel, [output channels * words]; ek_depthwise_band.h."""
    weights = _weights(op, graph)
    channels = len(weights)
    prescale = np.array([form.prescale for form in forms], np.int64)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bias = bias_of(op, graph, channels) - zero_point * weights.sum(axis=(1, 2))
    scaled = weights << prescale[:, None, None]
    first = _pairs(scaled[:, :, 0], scaled[:, :, 1])
    if op.attrs.stride_w == 1:
        last = _pairs(scaled[:, :, 1], scaled[:, :, 2])
    else:
        ends = np.stack([scaled[:, 1, 2], np.zeros_like(bias)], axis=1)
        last = _pairs(scaled[:, ::2, 2], ends)
    tail = np.stack(
        [bias << prescale, [form.multiplier for form in forms], [form.addend for form in forms]],
        axis=1,
    )
    return np.concatenate([first, last, tail], axis=1).astype(np.int32).reshape(-1)


def _pairs(low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Two int16 values a word, as int32's values."""
    words: npt.NDArray[np.int64] = (low & 0xFFFF) + (high << 16)
    return words


def alike(op: Op, graph: Graph) -> int:
    """Layers of this one's size, which share its code where their exponents are one."""

    def size(each: Op) -> tuple[object, ...]:
        return (graph.input(each, 0).shape, graph.output(each).shape, each.attrs.stride_h)

    return sum(each.kind == OP and size(each) == size(op) for each in graph.ops)


def _cost(op: Op, graph: Graph, pairs: int, band: Bands, code_bytes: int) -> Cost:
    """Instructions by the loops' lengths; checked on kws_ref, vww_96 and person_detect."""
    batches, height, _, _ = graph.output(op).shape
    stride = op.attrs.stride_h
    groups = -(-graph.input(op, 0).shape[3] // _GROUP)
    bands = -(-height * stride // (band.rows - 2))
    work = strips_work(op, graph, band, bands)
    rows = (height + 2) * stride
    if band.single:  # rows of border stay in the band
        inside = min(graph.input(op, 0).shape[1], (height - 1) * stride + 3)
        rows = inside + inside % 2
    gather = groups * pairs * (12 * rows + 8 * _GROUP * (bands - 1))
    gather += groups * (130 if band.single else 330 * bands)
    clear = 2 * pairs * _GROUP * band.rows
    return Cost(batches * (work + gather) + clear, code_bytes + fixed_bytes(op, graph, band))


def strips_work(op: Op, graph: Graph, band: Bands, bands: int) -> float:
    """Instructions of an image's strips, in so many bands."""
    _, height, width, filters = graph.output(op).shape
    # Offsets in the instructions save three of them and five cycles.
    saved = 4 + 5 * (1 - 1 / band.unroll) if band.fixed else 0
    stride: int = op.attrs.stride_h
    strip = (48 + 2 * stride - saved) * (height // 2) + 30 * (height % 2) + 9 * bands
    return filters * (strip * (width // 2) + 0.6 * strip * (width % 2) + 33 * bands)


def fixed_bytes(op: Op, graph: Graph, band: Bands) -> int:
    """Machine code that a layer takes more than code that serves other sizes, too."""
    return (_BLOCK_BYTES * band.unroll - 70) // alike(op, graph) if band.fixed else 0

"""DEPTHWISE_CONV_2D 3x3 for cores with the DSP extension: two output columns a strip.

Four channels at a time are spread into 16-bit pairs of neighbouring columns, bands of rows, in
scratch; strips then run in registers (ek_depthwise_band.h). Padding holds the zero point, so the
zero point's part of the sums is in the bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import Linear, Requant, common_exponent, intervals
from edgekit.ops._common import INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers, windows
from edgekit.ops._kernel import ConstArray, Cost, InPlace, KernelCall, KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})

_GROUP = 4
_EXPONENTS = range(8, 17)
# Input rows of a band: the more, the fewer times it is begun. So much scratch is always taken.
_BAND_ROWS = (6, 10, 28)
_SMALL_BYTES = 4096
_INT16_MAX = 32767


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """The strips, where weights are 3x3 and int8's range is the only clamp."""
    return strips(op, graph, _BAND_ROWS)


def strips(op: Op, graph: Graph, bands: Sequence[int]) -> KernelChoice | None:
    """The strips in bands of one of these numbers of rows; None where they do not apply."""
    if not _applies(op, graph):
        return None
    attrs = op.attrs
    forms = _forms(op, graph)
    if forms is None:
        return None
    exponents = sorted({form.exponent for form in forms})
    if exponents[0] not in _EXPONENTS or exponents[-1] not in _EXPONENTS:
        return None
    other = np.array([form.exponent != exponents[0] for form in forms], np.uint8)
    rows, columns = windows(op, graph)
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    pairs = attrs.stride_w * ((columns.size + 1) // 2) + 1
    needed = (rows.size - 1) * attrs.stride_h + 3
    band_rows = _band_rows(bands, pairs, needed, _free_bytes(op, graph))
    params = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("depth_multiplier", attrs.depth_multiplier),
        ("stride", attrs.stride_h),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("band_rows", band_rows),
        ("exponent", exponents[0]),
        ("other_exponent", exponents[-1]),
        ("other", ConstArray("other", other) if other.any() else 0),
        ("stream", ConstArray("stream", _stream(op, graph, forms))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_dsp_3x3",
        (KernelCall(params),),
        scratch_bytes=_scratch_bytes(pairs, band_rows),
        cost=_cost(op, graph, pairs, band_rows, 700 if len(bands) > 1 else 600),
        own_params=True,
        # A group of channels is read before it is written, and none touches another's.
        in_place=(InPlace(0, exact=True),) if attrs.depth_multiplier == 1 else (),
    )


def _applies(op: Op, graph: Graph) -> bool:
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
    return largest - max(graph.input(op, 0).nbytes, graph.output(op).nbytes)


def _band_rows(bands: Sequence[int], pairs: int, needed: int, free: int) -> int:
    """The least number of rows that holds all that are needed; or the most that fit."""
    limit = max(_SMALL_BYTES, free)
    fitting = [rows for rows in bands if _scratch_bytes(pairs, rows) <= limit]
    return next((r for r in fitting if r >= needed), fitting[-1] if fitting else bands[0])


def _weights(op: Op, graph: Graph) -> npt.NDArray[np.int64]:
    """[output channels, 3, 3]."""
    data = graph.input(op, 1).data
    assert data is not None
    return np.moveaxis(np.asarray(data[0], np.int64), 2, 0)


def _forms(op: Op, graph: Graph) -> tuple[Linear, ...] | None:
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
    alone = [
        common_exponent([r], [b], [p]) for r, b, p in zip(requants, bounds, prescales, strict=True)
    ]
    highest = [each[0].exponent for each in alone if each is not None]
    if len(highest) < len(alone):
        return None
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


def _stream(op: Op, graph: Graph, forms: tuple[Linear, ...]) -> npt.NDArray[np.int32]:
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


def _cost(op: Op, graph: Graph, pairs: int, band_rows: int, code_bytes: int) -> Cost:
    """Instructions by the loops' lengths; checked on kws_ref, vww_96 and person_detect."""
    batches, height, width, filters = graph.output(op).shape
    stride = op.attrs.stride_h
    groups = -(-graph.input(op, 0).shape[3] // _GROUP)
    strips, blocks = -(-width // 2), -(-height // 2)
    bands = -(-height * stride // (band_rows - 2))
    block = (46 + 2 * stride) * (width // 2) + 29 * (width % 2)
    parts = bands + height % 2
    work = filters * (block * blocks + 8 * strips * bands + 35 * parts)
    gather = groups * pairs * (12 * (height + 2) * stride + 8 * _GROUP * bands)
    return Cost(batches * (work + gather) + 2 * pairs * _GROUP * band_rows, code_bytes)

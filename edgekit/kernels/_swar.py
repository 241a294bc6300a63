"""Weights in chunks for two products at a time; ek_conv_2d_swar_dot.h has the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import intervals
from edgekit.kernels._narrow import Narrow, narrow
from edgekit.kernels._thresholds import Requant
from edgekit.ops._common import INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers
from edgekit.ops._kernel import ConstArray, ParamValue

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

# Cores with these have better kernels than a plain multiplication allows.
BETTER = frozenset({"dsp", "mve"})

# A chunk's lower sums stay in 16 bits.
_LOWEST, _HIGHEST = -(2**15), 2**15 - 1
# Steps of the ladder of assembler, bytes of one, and what ends a channel.
_LADDER, _STEP_BYTES, _END = 16, 14, 244
# Bytes of a tap where channels are paired: three words.
_PAIR_TAP_BYTES = 12
# A length is a byte.
_MOST_PAIRS = 255


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer of weighted sums: weights [channels, taps], what a sum begins with, and the forms.

    Attributes:
        weights: [channels, taps] int64.
        bias: [channels], the zero point's part included, and counted from the forms' bases.
        forms: certified; None where the reference's own rounding serves.
        requants: the reference, one per channel.
    """

    weights: Int64
    bias: Int64
    forms: Narrow | None
    requants: tuple[Requant, ...]

    @property
    def params(self) -> tuple[tuple[str, ParamValue], ...]:
        """What ek_narrow_t needs, as fields of a kernel's parameters."""
        first = self.requants[0]
        return (
            ("output_zero_point", first.zero_point),
            ("output_min", first.low),
            ("output_max", first.high),
            ("split", self.forms.split if self.forms else 0),
            ("exponent", self.forms.exponent if self.forms else 0),
            ("form_words", self.form_words),
        )

    @property
    def form_words(self) -> int:
        """Words of one channel's form."""
        if self.forms is None:
            return 2
        return 5 if self.forms.step.any() else 3

    def form_rows(self) -> Int64:
        """[channels, form_words]: what ek_narrow.h reads."""
        if self.forms is None:
            return np.array([(r.multiplier, r.shift) for r in self.requants], np.int64)
        forms = self.forms
        columns = (forms.multiplier, forms.addend, forms.reach, forms.edge, forms.step)
        return np.stack(columns[: self.form_words], axis=1)


def layer_of(op: Op, graph: Graph, axis: int) -> Layer:
    """The sums of CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED.

    Args:
        op: the op.
        graph: its graph.
        axis: of the weights' output channels.
    """
    output = graph.output(op)
    channels = output.shape[-1]
    values = np.asarray(graph.input(op, 1).data, np.int64)
    weights = np.moveaxis(values, axis, 0).reshape(channels, -1)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bias = bias_of(op, graph, channels).astype(np.int64)
    low, high = intervals(weights, bias, INT8_MIN, INT8_MAX, zero_point)
    quant = quant_of(output)
    least, most = activation_range(op.attrs.fused_activation_function, quant)
    multipliers, shifts = (np.broadcast_to(a, channels) for a in channel_multipliers(op, graph))
    requants = tuple(
        Requant(int(m), int(s), quant.zero_point, least, most)
        for m, s in zip(multipliers, shifts, strict=True)
    )
    forms = narrow(requants, list(zip(low.tolist(), high.tolist(), strict=True)))
    folded = bias - zero_point * weights.sum(axis=1) - (forms.base if forms else 0)
    return Layer(weights, folded, forms, requants)


@dataclass(frozen=True, slots=True, eq=False)
class Chunks:
    """A layer's weights as a stream, and how many chunks there are in each channel."""

    stream: npt.NDArray[np.uint8]
    counts: Int64


def chunks(weights: Int64) -> Chunks:
    """Cut every channel's weights into the longest chunks that stay exact, for the ladder.

    Args:
        weights: [channels, taps].
    """
    stream: list[int] = []
    counts = []
    for row in weights:
        lengths = _lengths(row[None])
        at = 0
        for length in lengths:
            stream.append((_LADDER - length) * _STEP_BYTES)
            stream += (row[at : at + length] & 0xFF).tolist()
            at += length
        stream.append(_END)
        counts.append(len(lengths))
    return Chunks(np.array(stream, np.uint8), np.array(counts, np.int64))


def paired_chunks(weights: Int64) -> Chunks:
    """The same of two channels at a time, whose chunks end together: ek_conv_2d_swar_pairs.h.

    Args:
        weights: [channels, taps]; where they are odd, the last channel has one of zeros beside it.
    """
    channels, taps = weights.shape
    stream: list[int] = []
    counts = []
    for pair in np.pad(weights, ((0, channels % 2), (0, 0))).reshape(-1, 2, taps):
        lengths = _lengths(pair)
        at = 0
        for length in lengths:
            stream += [2 * length + 2, _PAIR_TAP_BYTES * length]
            stream += (pair[:, at : at + length].T & 0xFF).ravel().tolist()
            at += length
        stream.append(0)
        counts += [len(lengths)] * 2
    return Chunks(np.array(stream, np.uint8), np.array(counts, np.int64))


def _lengths(rows: Int64) -> list[int]:
    """Greedy cuts are best: a chunk that ends later never makes the next one end earlier.

    Args:
        rows: [channels, taps], of channels whose chunks end together.
    """
    leasts = np.minimum(rows * INT8_MIN, rows * INT8_MAX).T.tolist()
    mosts = np.maximum(rows * INT8_MIN, rows * INT8_MAX).T.tolist()
    found: list[int] = []
    length, low, high = 0, [0] * len(rows), [0] * len(rows)
    for least, most in zip(leasts, mosts, strict=True):
        low = [a + b for a, b in zip(low, least, strict=True)]
        high = [a + b for a, b in zip(high, most, strict=True)]
        if length == _LADDER or min(low) < _LOWEST or max(high) > _HIGHEST:
            found.append(length)
            length, low, high = 0, least, most
        length += 1
    return [*found, length] if length else found


def forms_array(layer: Layer, counts: Int64) -> ConstArray:
    """Per channel: what both[] and upper[] begin with, then the form.

    Args:
        layer: the sums.
        counts: of chunks, per channel; of more channels than the layer has, the last ones' forms
            are zeros.
    """
    bias, form = layer.bias, layer.form_rows()
    both = bias + (bias << 16) - counts[: bias.size] * 2**15
    rows = np.concatenate([both[:, None], bias[:, None], form], axis=1)
    rows = np.pad(rows, ((0, counts.size - bias.size), (0, 0)))
    return ConstArray("forms", rows.astype(np.uint32).view(np.int32))


def plain_forms_array(layer: Layer, offset: int) -> ConstArray:
    """Per channel: what the sum begins with, then the form.

    Args:
        layer: the sums.
        offset: what is added to every input on the way to the sum.
    """
    start = layer.bias - offset * layer.weights.sum(axis=1)
    rows = np.concatenate([start[:, None], layer.form_rows()], axis=1)
    return ConstArray("forms", rows.astype(np.uint32).view(np.int32))


def common_pairs(weights: Int64) -> list[int]:
    """Lengths, in pairs of taps, of the longest chunks that stay exact in every channel.

    Args:
        weights: [channels, taps], an even number of taps.

    Returns:
        At most 255 pairs each; empty where some pair is too large already.
    """
    least = np.minimum(weights * INT8_MIN, weights * INT8_MAX)
    most = np.maximum(weights * INT8_MIN, weights * INT8_MAX)
    lows, highs = (each.reshape(len(weights), -1, 2).sum(axis=2) for each in (least, most))
    if lows.min(initial=0) < _LOWEST or highs.max(initial=0) > _HIGHEST:
        return []
    found: list[int] = []
    length, low, high = 0, np.zeros(len(weights)), np.zeros(len(weights))
    for pair in range(lows.shape[1]):
        low, high = low + lows[:, pair], high + highs[:, pair]
        if length == _MOST_PAIRS or low.min() < _LOWEST or high.max() > _HIGHEST:
            found.append(length)
            length, low, high = 0, lows[:, pair], highs[:, pair]
        length += 1
    return [*found, length] if length else found

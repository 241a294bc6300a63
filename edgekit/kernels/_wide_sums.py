"""Sums of int16 inputs by int8 weights on cores with the DSP extension; ek_dsp_wide.h has the C."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.kernels._dsp_sums import Int32, Int64, as_words
from edgekit.ops import ConstArray
from edgekit.ops._common import INT16_MIN, fused_range
from edgekit.ops._conv import bias_of, wide_multipliers
from edgekit.ops._kernel import ParamValue
from edgekit.ops._quant import INT32_MAX

WORD = 4  # weights
FORM_WORDS = 4

_INT64_MAX = 2**63 - 1
_WORD_BITS = 32
# A multiplier has 15 bits: shifted so far it still is an int32.
_MULTIPLIER_SHIFT = 16


@dataclass(frozen=True, slots=True, eq=False)
class WideSums:
    """A layer of weighted sums of int16 inputs.

    Attributes:
        weights: [channels, taps].
        products: per channel the largest sum of products, whatever the inputs.
        forms: [channels, FORM_WORDS], as ek_dsp_wide.h has them.
        prescale: the layer's part of the scale, a shift to the left.
        low: lowest output.
        high: highest output.
    """

    weights: Int64
    products: tuple[int, ...]
    forms: Int32
    prescale: int
    low: int
    high: int

    @property
    def fit_32_bits(self) -> bool:
        """Whether no sum of products leaves an int32."""
        return max(self.products) <= INT32_MAX

    @property
    def limits(self) -> tuple[tuple[str, ParamValue], ...]:
        """The kernels' parameters of the output's range."""
        return (("output_min", self.low), ("output_max", self.high))

    @property
    def results(self) -> tuple[tuple[str, ParamValue], ...]:
        """The kernels' parameters that make outputs of sums."""
        forms = self.forms.reshape(-1)
        return (("forms", ConstArray("forms", forms)), ("prescale", self.prescale))


def sums_of(op: Op, graph: Graph, axis: int = 0) -> WideSums | None:
    """The sums of a convolution or a fully connected layer with int16 inputs.

    Args:
        op: CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED.
        graph: its graph.
        axis: of the weights' output channels.

    Returns:
        None where a scaled sum could leave 64 bits.
    """
    data = np.moveaxis(np.asarray(graph.input(op, 1).data, np.int64), axis, 0)
    weights = data.reshape(len(data), -1)
    products = tuple(int(each) * -INT16_MIN for each in np.abs(weights).sum(axis=1))
    multipliers, shifts = (
        np.broadcast_to(np.asarray(each, np.int64), len(weights))
        for each in wide_multipliers(op, graph)
    )
    bias = bias_of(op, graph, len(weights))
    forms = wide_forms(bias, products, multipliers, shifts)
    if forms is None:
        return None
    return WideSums(weights, products, *forms, *fused_range(op, graph))


def wide_forms(
    bias: npt.NDArray[np.int64], products: tuple[int, ...], multipliers: Int64, shifts: Int64
) -> tuple[Int32, int] | None:
    """ek_requantize_wide(bias + sum, multiplier, shift) as ek_dsp_wide_result computes it.

    Both divide the same number, rounded down, by the same power of two; here it is scaled by
    another one beforehand, of which each layer has as much as its largest shift needs.

    Args:
        bias: [channels].
        products: the largest magnitude of each channel's sum.
        multipliers: [channels], of 15 bits.
        shifts: [channels].

    Returns:
        Forms [channels, FORM_WORDS] and the prescale; None where a scaled sum could leave 64 bits.
    """
    prescale = max(0, int(shifts.max()) + 1)
    scale = _MULTIPLIER_SHIFT + prescale
    words: list[npt.ArrayLike] = []
    for b, largest, m, shift in zip(
        bias.tolist(), products, multipliers.tolist(), shifts.tolist(), strict=True
    ):
        addend = (b * m + (1 << (14 - shift))) << scale
        if abs(addend) + ((largest * m) << scale) > _INT64_MAX:
            return None
        # A shift of 31 has left the sign alone.
        exponent = min(15 - shift + scale - _WORD_BITS, _WORD_BITS - 1)
        words.append([addend & 0xFFFFFFFF, addend >> 32, m << _MULTIPLIER_SHIFT, exponent])
    return as_words(words).reshape(-1, FORM_WORDS), prescale


def packed(weights: Int64, channels: int) -> Array:
    """Words of four weights in the order 0, 2, 1, 3, those of `channels` channels in turn.

    Args:
        weights: [channels, taps] of int8.
        channels: of a block; the last one is filled up with weights of 0.

    Returns:
        int32, of one dimension.
    """
    more = ((0, -len(weights) % channels), (0, -weights.shape[1] % WORD))
    padded = np.pad(weights, more).astype(np.int8)
    ordered = padded.reshape(-1, channels, padded.shape[1] // WORD, WORD)[..., [0, 2, 1, 3]]
    return np.ascontiguousarray(ordered.swapaxes(1, 2)).view("<i4").reshape(-1).astype(np.int32)

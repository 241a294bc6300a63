"""Packed weights for the weighted sums on cores with the DSP extension.

The layouts are those that the blocks of assembler read: ek_conv_2d_dsp_w16.h, ek_conv_2d_dsp_w8.h
and the fully connected ones; ek_dsp_sum.h has the forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import Linear, common_exponent, intervals, own_exponents
from edgekit.kernels._thresholds import Requant
from edgekit.ops._common import activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Prescales = tuple[tuple[int, ...], tuple[int, ...]]

# Sums with packed weights come out times 256.
_PACKED_PRESCALE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A layer of weighted sums with a proven form of requantization.

    Attributes:
        weights: [channels, taps], not scaled.
        bias: [channels], the zero point's part included, not scaled.
        forms: one per channel.
        exponent: of all forms, or 0 where each has its own.
        shared: all forms are one and the same.
        low: lowest output.
        high: highest output.
    """

    weights: Int64
    bias: Int64
    forms: tuple[Linear, ...]
    exponent: int
    shared: bool
    low: int
    high: int

    def padded(self, channels: int, order: Sequence[int]) -> Sums:
        """With taps in another order (-1: a tap of weight 0) and channels up to a multiple."""
        taps = np.asarray(order)
        weights = np.where(taps < 0, 0, self.weights[:, taps])
        more = -len(weights) % channels
        return Sums(
            np.pad(weights, ((0, more), (0, 0))),
            np.pad(self.bias, (0, more)),
            self.forms + self.forms[-1:] * more,
            self.exponent,
            self.shared,
            self.low,
            self.high,
        )

    def scaled(self) -> tuple[Int64, Int64]:
        """Weights and bias of every channel, shifted to the left as its form asks for."""
        prescales = np.array([form.prescale for form in self.forms], np.int64)
        return self.weights << prescales[:, None], self.bias << prescales

    def form(self, channel: int) -> list[int]:
        """The words of one channel's form."""
        form = self.forms[channel]
        words = [form.multiplier, form.addend]
        return words if self.exponent else [*words, -form.step, form.exponent]


def weights_of(op: Op, graph: Graph) -> Int64:
    """The weights as [channels, taps]."""
    data = np.asarray(graph.input(op, 1).data, np.int64)
    return data.reshape(len(data), -1)


def widened(weights: Int64) -> Prescales:
    """Shifts with which weights, [channels, taps], are still of 16 bits."""
    largest = np.abs(weights).max(axis=1)
    return tuple(0 for _ in largest), tuple(15 - int(each).bit_length() for each in largest)


def packed_prescales(weights: Int64) -> Prescales | None:
    """Shifts of sums with packed weights; None where two of them do not fit a halfword."""
    if np.abs(weights).max() > 127:
        return None
    return (_PACKED_PRESCALE,) * len(weights), (_PACKED_PRESCALE,) * len(weights)


def sums_of(
    op: Op, graph: Graph, prescales: Prescales | None, *, share: bool = False
) -> Sums | None:
    """The sums of CONV_2D or FULLY_CONNECTED, one group.

    Args:
        op: the op; its weights have the channels first.
        graph: its graph.
        prescales: least and greatest shifts to the left, per channel; None: there are none.
        share: take one form for all channels where one serves them all.

    Returns:
        None where no form could be proven.
    """
    if prescales is None:
        return None
    weights = weights_of(op, graph)
    channels = len(weights)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bias = bias_of(op, graph, channels).astype(np.int64)
    low, high = intervals(weights, bias, -128, 127, zero_point)
    problem = _Problem(
        tuple(requants_of(op, graph, channels)),
        tuple((int(a), int(b)) for a, b in zip(low, high, strict=True)),
        *prescales,
    )
    forms = (problem.shared().solved() if share and len(set(problem.requants)) == 1 else None) or ()
    shared = bool(forms)
    forms = forms * channels if shared else problem.solved() or ()
    if not forms:
        return None
    linear = len({form.exponent for form in forms}) == 1 and not any(f.step for f in forms)
    folded = bias - zero_point * weights.sum(axis=1)
    first = problem.requants[0]
    exponent = forms[0].exponent if linear else 0
    return Sums(weights, folded, forms, exponent, shared, first.low, first.high)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What forms are looked for: per channel the arguments of `common_exponent`."""

    requants: tuple[Requant, ...]
    bounds: tuple[tuple[int, int], ...]
    least: tuple[int, ...]
    most: tuple[int, ...]

    def shared(self) -> _Problem:
        """As one channel, which stands for all: the requantization is the same."""
        bounds = (min(low for low, _ in self.bounds), max(high for _, high in self.bounds))
        return _Problem(self.requants[:1], (bounds,), (max(self.least),), (min(self.most),))

    def solved(self) -> tuple[Linear, ...] | None:
        """Linear forms with one exponent; else signed ones."""
        return common_exponent(self.requants, self.bounds, self.most, self.least) or own_exponents(
            self.requants, self.bounds, self.most, self.least
        )


def requants_of(op: Op, graph: Graph, channels: int) -> list[Requant]:
    """The reference of every output channel."""
    quant = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, quant)
    multipliers, shifts = (np.broadcast_to(a, channels) for a in channel_multipliers(op, graph))
    return [
        Requant(int(m), int(s), quant.zero_point, low, high)
        for m, s in zip(multipliers, shifts, strict=True)
    ]


def pair_order(taps: int) -> list[int]:
    """Tap positions within a group of four as SXTB16 leaves them: 0, 2, 1, 3, 4, 6, ..."""
    return [first + i for first in range(0, taps, 4) for i in (0, 2, 1, 3)]


def halfwords(low: npt.ArrayLike, high: npt.ArrayLike) -> Int64:
    """Two signed 16-bit numbers in a word, the first one in the lower half."""
    return (np.asarray(low, np.int64) & 0xFFFF) | (np.asarray(high, np.int64) << 16)


def as_words(values: Sequence[npt.ArrayLike]) -> Int32:
    """One stream of int32 words; what is larger wraps around."""
    joined = np.concatenate([np.atleast_1d(np.asarray(v, np.int64)).ravel() for v in values])
    return joined.astype(np.uint32).view(np.int32)


@dataclass(frozen=True, slots=True)
class Steps:
    """How an unrolled block runs over its steps: `head`, then `loops` times `unroll`."""

    head: int
    unroll: int
    loops: int

    @property
    def body(self) -> int:
        """Steps in machine code."""
        return self.head + (self.unroll if self.loops else 0)

    @property
    def overhead(self) -> int:
        """Instructions that loading and comparing the end and jumping take."""
        return 3 * self.loops if self.loops > 1 else 0


def unrolled(steps: int, runs: float, step_bytes: int, longest: int) -> Steps:
    """The division of `steps` that trades code for loop overhead.

    Args:
        steps: of one run.
        runs: of the block in one inference.
        step_bytes: machine code of a step.
        longest: most steps that may be written out.
    """
    choices = [Steps(steps, 0, 0)] if steps <= longest else []
    for unroll in range(1, min(steps, longest) + 1):
        loops, head = divmod(steps, unroll)
        if loops > 1 and head + unroll <= longest:
            choices.append(Steps(head, unroll, loops))
    # A loop's end is three instructions, but six cycles on a Cortex-M4, in which it executes five
    # others. An instruction per inference is worth a twentieth of a byte, as in _goal.py.
    return min(choices, key=lambda each: each.overhead * 5 / 3 * runs + each.body * step_bytes * 20)

"""What the convolutions for cores with the DSP extension share: taps, streams, costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import (
    Int32,
    Steps,
    Sums,
    as_words,
    halfwords,
    packed_prescales,
    pair_order,
    sums_of,
    unrolled,
    weights_of,
    widened,
)
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._conv import undilated_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead

# Taps of two positions that stay in registers.
_HELD_TAPS = 8
# A store's offset has 12 bits.
_MOST_OFFSET = 4095


@dataclass(frozen=True, slots=True)
class Form:
    """One of the kernels.

    Attributes:
        variant: the kernel's.
        packed: two channels' weights in a halfword.
        positions: output positions of a block.
    """

    variant: str
    packed: bool
    positions: int

    def words(self, groups: int) -> int:
        """Words of a block's taps."""
        return groups * self.positions * 2


W16 = Form("s8_dsp_w16", packed=False, positions=2)
W8 = Form("s8_dsp_w8", packed=True, positions=3)


def choose(op: Op, graph: Graph, form: Form) -> KernelChoice | None:
    """The kernel for a convolution, or None where the form does not apply."""
    few = not form.packed and math.prod(graph.input(op, 1).shape[1:]) <= _HELD_TAPS
    order = tap_order(op, graph, 8 if few else 4)
    if order is None:
        return None
    groups = len(order) // 4
    channels = graph.output(op).shape[3]
    stride = channels + channels % 2
    if (form.positions - 1) * stride >= _MOST_OFFSET:
        return None
    weights = weights_of(op, graph)
    prescales = packed_prescales(weights) if form.packed else widened(weights)
    sums = sums_of(op, graph, prescales)
    if sums is None:
        return None
    runs = _blocks(op, graph, form) * stride / 2
    hold = few and sums.exponent != 0
    first, steps = _steps(groups, runs, form)
    steps = Steps(0, 4 if stride % 4 == 0 else 2, 0) if hold else steps
    stream = _stream(sums.padded(2, order), form, hold=hold)
    after = 2 * len(sums.form(0))
    layout = WeightBlocks(groups * 2, before=2, after=after) if form.packed else None
    params: tuple[tuple[str, ParamValue], ...] = (
        *undilated_params(op, graph),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("exponent", sums.exponent),
        ("groups", groups),
        ("hold", hold),
        ("first", first),
        ("head", steps.head),
        ("unroll", steps.unroll),
        ("loops", steps.loops),
        ("stream", ConstArray("weights", stream, layout)),
    )
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        form.variant,
        (KernelCall(params),),
        _scratch_bytes(op, graph, form, groups),
        _cost(op, graph, form, groups, steps, sums, hold=hold),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def tap_order(op: Op, graph: Graph, group: int) -> list[int] | None:
    """The taps as they are gathered, in whole groups; -1 is a tap of weight 0.

    Rows of a window are contiguous where the columns are not dilated: the groups of four of each
    row, then what is left over of the rows.
    """
    attrs = op.attrs
    _, kernel_h, kernel_w, depth = graph.input(op, 1).shape
    if depth != graph.input(op, 0).shape[3]:
        return None
    if attrs.dilation_w_factor != 1 and kernel_w != 1:
        return None
    row = kernel_w * depth
    full = row - row % 4
    order = [y * row + i for y in range(kernel_h) for i in range(full)]
    order += [y * row + i for y in range(kernel_h) for i in range(full, row)]
    return order + [-1] * (-len(order) % group)


def _steps(groups: int, runs: float, form: Form) -> tuple[int, Steps]:
    """Words of the first step, and the steps after it."""
    if form.packed:
        first = (groups * 2 - 1) % 3 + 1
        return first, unrolled((groups * 2 - first) // 3, runs, 100, 10)
    return 0, unrolled(groups - 1, runs, 40, 24)


def _stream(sums: Sums, form: Form, *, hold: bool) -> Int32:
    """Biases, weights and forms as the blocks read them: of two channels at a time, or of one."""
    weights, bias = (sums.weights, sums.bias) if form.packed else sums.scaled()
    ordered = weights[:, pair_order(weights.shape[1])]
    words: list[npt.ArrayLike] = []
    for c, row in enumerate(ordered if hold else ()):
        words += [bias[c], halfwords(row[::2], row[1::2]), sums.form(c)]
    for c in range(0, 0 if hold else len(ordered), 2):
        one, other = ordered[c], ordered[c + 1]
        if form.packed:
            both = one + 256 * other
            words += [[bias[c] + 256 * bias[c + 1], bias[c]], halfwords(both[::2], both[1::2])]
        else:
            pairs = np.stack([halfwords(w[::2], w[1::2]).reshape(-1, 2) for w in (one, other)], 1)
            words += [[bias[c], bias[c + 1]], pairs]
        words += [sums.form(c), sums.form(c + 1)]
    return as_words(words)


def _blocks(op: Op, graph: Graph, form: Form) -> int:
    return -(-math.prod(graph.output(op).shape[:3]) // form.positions)


def _is_pointwise(op: Op, graph: Graph) -> bool:
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    attrs = op.attrs
    return (kernel_h, kernel_w, attrs.stride_h, attrs.stride_w) == (1, 1, 1, 1)


def _scratch_bytes(op: Op, graph: Graph, form: Form, groups: int) -> int:
    """Taps, staged rows, and a block's results where they do not go to their place at once."""
    _, _, kernel_w, depth = graph.input(op, 1).shape
    staged = 0 if _is_pointwise(op, graph) else -(-kernel_w * depth // 4) * 4
    *image, channels = graph.output(op).shape
    whole = channels % 2 == 0 and math.prod(image) % form.positions == 0
    results = 0 if whole else form.positions * (channels + channels % 2)
    return form.words(groups) * 4 + staged * (1 + form.positions) + results


def _cost(
    op: Op, graph: Graph, form: Form, groups: int, steps: Steps, sums: Sums, *, hold: bool
) -> Cost:
    """Instructions counted in the assembler; those of the gathering were fitted to emulated runs
    of the convolutions of MLPerf Tiny's models.
    """
    channels = graph.output(op).shape[3]
    _, kernel_h, *_ = graph.input(op, 1).shape
    outputs = form.positions * 2
    pair: float = 16 * groups + math.ceil(groups * 2 / 3) + 13 if form.packed else 10 * groups + 7
    if hold:
        pair = 21 + 6 / steps.unroll
    clamp = 3 * ((sums.low > -128) + (sums.high < 127))
    pair += steps.overhead + (1 + 2 * outputs if sums.exponent else 2 + 5 * outputs)
    pair += outputs * (1 + clamp)
    gather = 4.3 * groups * form.positions
    gather += 25 if _is_pointwise(op, graph) else 30 * form.positions + 12 * kernel_h
    block = gather + pair * math.ceil(channels / 2)
    step_bytes, rest = (100, 500) if form.packed else (40, 450)
    return Cost(block * _blocks(op, graph, form), steps.body * step_bytes + rest)

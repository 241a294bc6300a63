"""What the convolutions on cores with MVE share: weights, gathering, costs."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, Steps, as_words, unrolled
from edgekit.kernels._mve_sums import VECTOR_BYTES, Int64, Mode, Sums, byte_words, steps_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._common import quant_of
from edgekit.ops._conv import window_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import blocked_lead

_POSITIONS = 4
# Instructions of a step, their bytes, and how many may be written out.
_STEP = 14
_LONGEST = 10
# Offsets of a block's results have 16 bits.
_MOST_CHANNELS = 0xFFFF // _POSITIONS


def convolution(op: Op, graph: Graph, sums: Sums) -> KernelChoice | None:
    """The kernel of a convolution with any number of groups.

    Returns:
        None where there are too many output channels.
    """
    attrs = op.attrs
    output_c = graph.output(op).shape[3]
    if output_c >= _MOST_CHANNELS:
        return None
    rows, columns = windows(op, graph)
    steps = unrolled(
        -(-sums.weights.shape[1] // VECTOR_BYTES) - 1,
        _blocks(op, graph) * output_c / 2,
        _STEP * 4,
        _LONGEST,
    )
    return KernelChoice(
        "conv_2d",
        "s8_mve",
        (KernelCall((*_geometry(op, graph, sums), *_arithmetic(op, graph, sums, steps))),),
        _scratch_bytes(op, graph, sums),
        _cost(op, graph, sums, steps),
        own_params=True,
        in_place=blocked_lead(
            op,
            graph,
            (rows, columns),
            (attrs.stride_h, attrs.stride_w),
            _POSITIONS,
            gathers=not _is_in_place(op, graph, sums) and _groups(op, graph, sums) == 1,
        ),
    )


def _groups(op: Op, graph: Graph, sums: Sums) -> int:
    """Groups of input channels that do not meet."""
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    return graph.input(op, 0).shape[3] * kernel_h * kernel_w // int(sums.weights.shape[1])


def _geometry(op: Op, graph: Graph, sums: Sums) -> tuple[tuple[str, int], ...]:
    groups = _groups(op, graph, sums)
    depth, filters = (
        tensor.shape[3] // groups for tensor in (graph.input(op, 0), graph.output(op))
    )
    return window_params(op, graph, ("depth", depth), ("filters", filters))


def _arithmetic(
    op: Op, graph: Graph, sums: Sums, steps: Steps
) -> tuple[tuple[str, ParamValue], ...]:
    return (
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("mode", int(sums.mode)),
        ("head", steps.head),
        ("unroll", steps.unroll),
        ("loops", steps.loops),
        ("stream", ConstArray("weights", _streams(sums, _groups(op, graph, sums)), _layout(sums))),
    )


def _layout(sums: Sums) -> WeightBlocks:
    """Two channels' weights and forms."""
    steps = -(-sums.weights.shape[1] // VECTOR_BYTES)
    return WeightBlocks(2 * steps * VECTOR_BYTES // 4, after=2 * len(sums.form))


def _streams(sums: Sums, groups: int) -> Int32:
    """Weights and forms, group by group."""
    filters = len(sums.weights) // groups
    every = (slice(g * filters, (g + 1) * filters) for g in range(groups))
    return np.concatenate([_stream(sums.weights[g], sums.form[:, g]) for g in every])


def _stream(weights: Int64, form: Int64) -> Int32:
    """Weights and forms of two channels at a time, as the block reads them."""
    words = byte_words(steps_of(weights))
    if len(words) % 2:
        words, form = np.pad(words, ((0, 1), (0, 0), (0, 0))), np.pad(form, ((0, 0), (0, 1)))
    parts: list[npt.ArrayLike] = []
    for c in range(0, len(words), 2):
        parts += [words[c : c + 2].swapaxes(0, 1), form[:, c : c + 2]]
    return as_words(parts)


def _blocks(op: Op, graph: Graph) -> int:
    return -(-math.prod(graph.output(op).shape[:3]) // _POSITIONS)


def _is_in_place(op: Op, graph: Graph, sums: Sums) -> bool:
    """Whether taps are read where they lie; ek_conv_2d_mve_in_place has the same rule."""
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    _, height, width, _ = graph.input(op, 0).shape
    rows, columns = windows(op, graph)
    return (
        _groups(op, graph, sums) == 1
        and kernel_h * kernel_w == 1
        and rows.pad == columns.pad == 0
        and (rows.size - 1) * op.attrs.stride_h < height
        and (columns.size - 1) * op.attrs.stride_w < width
    )


def _scratch_bytes(op: Op, graph: Graph, sums: Sums) -> int:
    """Offsets, gathered taps, and results that do not go to their place at once."""
    channels, taps = sums.weights.shape
    filters = channels // _groups(op, graph, sums)
    gathered = _POSITIONS * max(taps, VECTOR_BYTES) + VECTOR_BYTES
    # A pixel of fewer channels is copied where a vector would reach over the input's end.
    direct = _is_in_place(op, graph, sums) and taps >= VECTOR_BYTES
    return (
        2 * 2 * _POSITIONS
        + (0 if direct else gathered)
        + (_POSITIONS * (filters + 1) if filters % 2 else 0)
    )


def _cost(op: Op, graph: Graph, sums: Sums, steps: Steps) -> Cost:
    """Instructions counted in the assembler; those of the gathering were fitted to emulated runs
    of MLPerf Tiny's models.
    """
    count = steps.head + steps.unroll * steps.loops
    tail = {Mode.RELU: 21, Mode.SIGNED: 26, Mode.GENERAL: 29}[sums.mode] + 3 * sums.clamps
    pair = _STEP * (count + 1) - (0 if count else 5) + steps.overhead + tail
    groups = _groups(op, graph, sums)
    filters = len(sums.weights) // groups
    group = 60.0 + pair * -(-filters // 2) + _gather_instructions(op, graph, sums)
    # Odd results are copied to their place.
    group += _POSITIONS * 10 if filters % 2 else 0
    return Cost(group * groups * _blocks(op, graph), 500 + 4 * _STEP * (steps.body + 1))


def _gather_instructions(op: Op, graph: Graph, sums: Sums) -> float:
    """Of the taps of a block and a group."""
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    if _is_in_place(op, graph, sums):
        return 0.0
    depth = int(sums.weights.shape[1]) // (kernel_h * kernel_w)
    if _groups(op, graph, sums) == 1 and (op.attrs.dilation_w_factor == 1 or kernel_w == 1):
        row = 4 + 2.5 * math.ceil(kernel_w * depth / VECTOR_BYTES)
    else:
        row = kernel_w * (12 + 5.0 * math.ceil(depth / VECTOR_BYTES))
    return _POSITIONS * (25 + kernel_h * row)

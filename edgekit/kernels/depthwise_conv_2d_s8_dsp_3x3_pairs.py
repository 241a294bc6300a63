"""DEPTHWISE_CONV_2D 3x3 for cores with the DSP extension, from pairs of columns with their border.

The strips of depthwise_conv_2d_s8_dsp_3x3 without any gathering: who computes the input writes it
as `pairs_of` says.
"""

from __future__ import annotations

import math

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.kernels.depthwise_conv_2d_s8_dsp_3x3 import (
    Bands,
    applies,
    certified,
    code_params,
    fixed_bytes,
    other_exponents,
    strips_work,
)
from edgekit.ops import ColumnPairs, Cost, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import windows
from edgekit.ops._kernel import ParamValue
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})
LAYOUTS = True

# Machine code of a layer: the blocks of assembler, and its call.
_CODE_BYTES = 520
# The assembler's loads have offsets of two pairs, in 8 bits of words.
_MOST_ROWS = 124


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Where the strips apply to a single image, channel by channel."""
    return from_pairs(op, graph, fixed=False)


def pairs_of(op: Op, graph: Graph) -> ColumnPairs | None:
    """How a layer that the kernel serves wants its input; None: it serves it not."""
    batches, height, width, _ = graph.input(op, 0).shape
    if batches != 1 or op.attrs.depth_multiplier != 1 or not applies(op, graph):
        return None
    stride = op.attrs.stride_h
    rows, columns = windows(op, graph)
    # All of the image is there, and all that any window reads.
    high = max((rows.size - 1) * stride + 3, rows.pad + height)
    pairs = max(stride * math.ceil(columns.size / 2) + 1, math.ceil((columns.pad + width) / 2))
    high += high % 2
    if high > _MOST_ROWS:
        return None
    return ColumnPairs(high, pairs, rows.pad, columns.pad, quant_of(graph.input(op, 0)).zero_point)


def from_pairs(op: Op, graph: Graph, *, fixed: bool) -> KernelChoice | None:
    """The kernel; None where it does not apply.

    Args:
        op: the op.
        graph: its graph.
        fixed: code for this layer's size alone.
    """
    layout = pairs_of(op, graph)
    forms = certified(op, graph) if layout is not None else None
    if layout is None or forms is None:
        return None
    _, height, width, channels = graph.output(op).shape
    # One band, whatever its height.
    band = Bands.of(op, graph, 2 * op.attrs.stride_h * (height + 2), fixed=fixed)
    if fixed and not band.fixed:
        return None
    params: tuple[tuple[str, ParamValue], ...] = (
        ("channels", channels),
        ("output_h", height),
        ("output_w", width),
        ("stride", op.attrs.stride_h),
        ("rows", layout.rows),
        ("pairs", layout.pairs),
        *code_params(op, graph, band, forms),
    )
    work = strips_work(op, graph, band, 1) + 25 * np.count_nonzero(np.diff(other_exponents(forms)))
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_dsp_3x3_pairs",
        (KernelCall(params),),
        cost=Cost(float(work) + 100, _CODE_BYTES + fixed_bytes(op, graph, band)),
        own_params=True,
        reads=layout,
    )

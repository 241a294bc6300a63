"""CONV_2D of int16 on cores with the DSP extension."""

from __future__ import annotations

import math

from edgekit.ir import DType, Graph, Op
from edgekit.kernels._wide_sums import WORD, packed, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._conv import window_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})
VALUES = DType.INT16


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, sums of products that fit 32 bits, and 64 when they are scaled."""
    depth = graph.input(op, 1).shape[3]
    sums = sums_of(op, graph)
    if depth != graph.input(op, 0).shape[3] or sums is None or not sums.fit_32_bits:
        return None
    words = -(-sums.weights.shape[1] // WORD)
    params: tuple[tuple[str, ParamValue], ...] = (
        *window_params(op, graph),
        *sums.limits,
        ("words", words),
        ("weights", ConstArray("weights", packed(sums.weights, 2))),
        *sums.results,
    )
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        "s16_dsp",
        (KernelCall(params),),
        words * WORD * 2 * 2,
        _cost(op, graph, words),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def _cost(op: Op, graph: Graph, words: int) -> Cost:
    """Instructions of the assembler, and what was counted of the C around it."""
    *image, channels = graph.output(op).shape
    block = words * WORD * 3 + -(-channels // 2) * (words * 19 + 4 * 12)
    return Cost(block * -(-math.prod(image) // 2), 600)

"""CONV_2D with weights of 4 bits on cores with the DSP extension."""

from __future__ import annotations

import math

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._conv import convolution_params, windows
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})
WEIGHTS = DType.INT4

_WORD = 8  # weights


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group."""
    weights = graph.input(op, 1)
    if weights.shape[3] != graph.input(op, 0).shape[3]:
        return None
    data = weights.data
    assert data is not None
    filters, taps = weights.shape[0], math.prod(weights.shape[1:])
    words = -(-taps // _WORD)
    plain = dict(convolution_params(op, graph, ("words", words)))
    plain["weights"] = ConstArray("weights", _stream(data.reshape(filters, taps), words))
    # `words` stands where the portable kernel has its depth; here it goes in front of the weights.
    order = [name for name in plain if name != "words"]
    order.insert(order.index("weights"), "words")
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        "s4_dsp",
        (KernelCall(tuple((name, plain[name]) for name in order)),),
        words * _WORD * 2 * 2,
        _cost(op, graph, words),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def _stream(
    weights: np.ndarray[tuple[int, int], np.dtype[np.int8]], words: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    """[filter pairs, words, 2]: weights + 8, pair k of a word in the nibbles k and k + 4."""
    filters, taps = weights.shape
    filled = np.zeros((filters + filters % 2, words * _WORD), np.int64)
    filled[:filters, :taps] = weights.astype(np.int64) + 8
    pairs = filled.reshape(-1, 2, words, _WORD // 2, 2)
    shifts = np.arange(_WORD // 2)[:, None] * 4 + np.array([0, 16])
    packed = (pairs << shifts).sum(axis=(3, 4))
    return np.ascontiguousarray(packed.transpose(0, 2, 1), np.uint32)


def _cost(op: Op, graph: Graph, words: int) -> Cost:
    """Instructions of the assembler, and about what the C around it takes."""
    *image, channels = graph.output(op).shape
    block = words * _WORD * 2 * 6 + -(-channels // 2) * (words * 36 + 4 * 30)
    return Cost(block * -(-math.prod(image) // 2), 700)

"""CONV_2D with weights of 4 bits on cores with the DSP extension."""

from __future__ import annotations

import math

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.kernels._dsp_sums import (
    Int32,
    Sums,
    as_words,
    packed_prescales,
    pair_order,
    sums_of,
    weights_of,
)
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import window_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})
WEIGHTS = DType.INT4

_WORD = 8  # weights


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, requantization proven."""
    depth = graph.input(op, 1).shape[3]
    if depth != graph.input(op, 0).shape[3]:
        return None
    sums = sums_of(op, graph, packed_prescales(weights_of(op, graph)))
    if sums is None:
        return None
    words = -(-sums.weights.shape[1] // _WORD)
    params: tuple[tuple[str, ParamValue], ...] = (
        *window_params(op, graph),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("exponent", sums.exponent),
        ("words", words),
        ("stream", ConstArray("weights", _stream(sums, words))),
    )
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        "s4_dsp",
        (KernelCall(params),),
        words * _WORD * 2 * 2,
        _cost(op, graph, words, sums),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def _stream(sums: Sums, words: int) -> Int32:
    """Biases, weights and forms, two filters at a time."""
    taps = sums.weights.shape[1]
    order = [tap if tap < taps else -1 for tap in range(words * _WORD)]
    padded = sums.padded(2, order)
    packed = _packed(padded.weights[:, pair_order(words * _WORD)], words)
    parts: list[object] = []
    for c in range(0, len(packed), 2):
        parts += [padded.bias[c : c + 2], np.stack([packed[c], packed[c + 1]], axis=1)]
        parts += [padded.form(c), padded.form(c + 1)]
    return as_words(parts)  # type: ignore[arg-type] # arrays and lists of numbers


def _packed(
    weights: np.ndarray[tuple[int, int], np.dtype[np.int64]], words: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Weights + 8, [filters, words]: pair k of a word in the nibbles k and k + 4."""
    pairs = (weights + 8).reshape(len(weights), words, _WORD // 2, 2)
    shifts = np.arange(_WORD // 2)[:, None] * 4 + np.array([0, 16])
    return np.asarray((pairs << shifts).sum(axis=(2, 3)), np.int64)


def _cost(op: Op, graph: Graph, words: int, sums: Sums) -> Cost:
    """Instructions of the assembler, and about what the C around it takes."""
    *image, channels = graph.output(op).shape
    forms = 4 * (8 if sums.exponent else 13)
    block = words * _WORD * 4 + -(-channels // 2) * (words * 33 + forms + 16)
    return Cost(block * -(-math.prod(image) // 2), 700)

"""CONV_2D of int16 on cores with the DSP extension."""

from __future__ import annotations

import math

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import INT16_MIN
from edgekit.ops._conv import convolution_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead
from edgekit.ops._quant import INT32_MAX
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})
VALUES = DType.INT16

_WORD = 4  # weights
_GEOMETRY = (
    *("batches", "input_h", "input_w", "input_c", "output_h", "output_w", "output_c"),
    *("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w"),
    *("pad_h", "pad_w", "output_min", "output_max"),
)


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, sums of products that fit 32 bits."""
    tensor = graph.input(op, 1)
    weights = np.asarray(tensor.data, np.int8).reshape(tensor.shape[0], -1)
    largest = int(np.abs(weights.astype(np.int64)).sum(axis=1).max()) * -INT16_MIN
    if tensor.shape[3] != graph.input(op, 0).shape[3] or largest > INT32_MAX:
        return None
    words = -(-weights.shape[1] // _WORD)
    plain = dict(convolution_params(op, graph, ("kernel_c", tensor.shape[3])))
    params: tuple[tuple[str, ParamValue], ...] = (
        *((name, plain[name]) for name in _GEOMETRY),
        ("words", words),
        ("weights", ConstArray("weights", _packed(weights, words))),
        *((name, plain[name]) for name in ("bias", "multipliers", "shifts", "multiplier_step")),
    )
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        "s16_dsp",
        (KernelCall(params),),
        words * _WORD * 2 * 2,
        _cost(op, graph, words),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def _packed(weights: Array, words: int) -> Array:
    """Words of four weights in the order 0, 2, 1, 3, those of two filters in turn; int32."""
    filters, taps = weights.shape
    padded = np.pad(weights, ((0, filters % 2), (0, words * _WORD - taps)))
    ordered = padded.reshape(-1, 2, words, _WORD)[..., [0, 2, 1, 3]]
    return np.ascontiguousarray(ordered.swapaxes(1, 2)).view("<i4").reshape(-1).astype(np.int32)


def _cost(op: Op, graph: Graph, words: int) -> Cost:
    """Instructions of the assembler, and what was counted of the C around it."""
    *image, channels = graph.output(op).shape
    block = words * _WORD * 3 + -(-channels // 2) * (words * 19 + 4 * 70)
    return Cost(block * -(-math.prod(image) // 2), 600)

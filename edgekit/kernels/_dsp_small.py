"""Sums with few bytes of constants per channel, for the kernels that are made for little flash.

_certify_sums.py proves the forms, two words per channel.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import intervals
from edgekit.kernels._certify_sums import sum_forms
from edgekit.kernels._dsp_sums import Int32, as_words, halfwords, pair_order, requants_of
from edgekit.kernels._thresholds import Requant
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._conv import bias_of
from edgekit.ops._kernel import InPlace, ParamValue

Int64 = npt.NDArray[np.int64]

_POSITIONS = 3
# Machine code of the body that all convolutions share, and of a layer: its call and parameters.
_SHARED_BYTES = 1040
_LAYER_BYTES = 60


@dataclass(frozen=True, slots=True, eq=False)
class SmallSums:
    """A layer's requantization.

    Attributes:
        words: per output channel, [channels, 2]: bias << 8 and exponent, multiplier.
        zero_point: of the output.
        low: lowest output.
        high: highest output.
    """

    words: Int64
    zero_point: int
    low: int
    high: int


def small_sums(op: Op, graph: Graph, weights: Int64) -> SmallSums | None:
    """Proven forms for weights [channels, taps]; None where there are none."""
    zero_point = quant_of(graph.input(op, 0)).zero_point
    bias = bias_of(op, graph, len(weights)).astype(np.int64)
    requants = requants_of(op, graph, len(weights))
    for channel in np.flatnonzero(~weights.any(axis=1)):
        requants[channel], bias[channel] = _constant(requants[channel], int(bias[channel]))
    forms = sum_forms(requants, *intervals(weights, bias, INT8_MIN, INT8_MAX, zero_point))
    if forms is None:
        return None
    words = forms.words(bias - zero_point * weights.sum(axis=1))
    return SmallSums(words, forms.zero_point, requants[0].low, requants[0].high)


def _constant(requant: Requant, acc: int) -> tuple[Requant, int]:
    """The same output of a channel without weights, with a bias that is small enough to scale."""
    steps = int(requant.apply(acc)) - requant.zero_point
    return dataclasses.replace(requant, multiplier=2**30, shift=-8), steps << 9


def convolution(
    op: Op,
    graph: Graph,
    geometry: dict[str, int],
    order: Sequence[int],
    in_place: tuple[InPlace, ...] = (),
) -> KernelChoice | None:
    """CONV_2D, or what can be seen as one, by the body that all layers share.

    Args:
        op: its weights have the output channels first.
        graph: its graph.
        geometry: the kernel's parameters that say where a window lies.
        order: the taps in the order in which they are gathered, -1 for one of weight 0; eights.
        in_place: see KernelChoice.

    Returns:
        None where weights, sizes or requantization do not fit.
    """
    data = np.asarray(graph.input(op, 1).data, np.int64)
    weights = data.reshape(len(data), -1)
    if np.abs(weights).max() > INT8_MAX or not _fits(geometry, order):
        return None
    sums = small_sums(op, graph, weights)
    if sums is None:
        return None
    groups = len(order) // 4
    single = geometry["batches"] * geometry["output_h"] * geometry["output_w"] == 1
    layout = WeightBlocks(groups * 2, after=4, channels="output_c" if single else "")
    stream = _stream(np.where(np.asarray(order) < 0, 0, weights[:, np.asarray(order)]), sums.words)
    params: tuple[tuple[str, ParamValue], ...] = (
        *geometry.items(),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("groups", groups),
        ("stream", ConstArray("weights", stream, layout)),
    )
    row = geometry["kernel_w"] * geometry["input_c"]
    stride = len(weights) + len(weights) % 2
    return KernelChoice(
        "conv_2d",
        "s8_dsp_small",
        (KernelCall(params),),
        groups * _POSITIONS * 8 + -(-row // 4) * 4 + _POSITIONS * stride,
        _cost(geometry, groups, stride),
        own_params=True,
        in_place=in_place,
    )


def geometry_of_rows(op: Op, graph: Graph) -> dict[str, int]:
    """The geometry of a FULLY_CONNECTED as a convolution: every row is a pixel."""
    units, depth = graph.input(op, 1).shape
    rows = graph.input(op, 0).size // depth
    return {
        "batches": 1,
        "input_h": 1,
        "input_w": rows,
        "input_c": depth,
        "output_h": 1,
        "output_w": rows,
        "output_c": units,
        "kernel_h": 1,
        "kernel_w": 1,
        "stride_h": 1,
        "stride_w": 1,
        "dilation_h": 1,
        "pad_h": 0,
        "pad_w": 0,
        "input_zero_point": quant_of(graph.input(op, 0)).zero_point,
    }


def _fits(geometry: dict[str, int], order: Sequence[int]) -> bool:
    """Whether the parameters' types hold them."""
    bytes_ = ("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "pad_h", "pad_w")
    return (
        max(geometry.values()) <= 65535
        and len(order) // 4 <= 65535
        and (max(geometry[name] for name in bytes_) <= 255)
    )


def _stream(weights: Int64, words: Int64) -> Int32:
    """Pairs of channels: the weights of both, the form's words of each."""
    more = ((0, len(weights) % 2), (0, 0))
    rows = np.pad(weights, more)[:, pair_order(weights.shape[1])]
    both = rows[::2] + 256 * rows[1::2]
    forms = np.pad(words, more, mode="edge")
    pairs = halfwords(both[:, ::2], both[:, 1::2])
    return as_words([np.concatenate([pairs, forms[::2], forms[1::2]], axis=1)])


def _cost(geometry: dict[str, int], groups: int, stride: int) -> Cost:
    """Instructions counted in the assembler; those around it fitted to MLPerf Tiny's models."""
    positions = geometry["batches"] * geometry["output_h"] * geometry["output_w"]
    pair = 18 * groups + 76
    block = _POSITIONS * (9 * groups + 85 + 60 * geometry["kernel_h"] + 0.8 * stride)
    block += pair * stride / 2 + 30
    return Cost(block * -(-positions // _POSITIONS), _LAYER_BYTES, _SHARED_BYTES)

"""What the kernels for cores with MVE that are made for little flash share: one body for all
layers with them, and streams whose steps are all whole."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, as_words
from edgekit.kernels._mve_sums import VECTOR_BYTES, Mode, Sums, byte_words, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._kernel import InPlace, ParamValue

# Machine code of a layer: its call and parameters.
LAYER_BYTES = 60

_POSITIONS = 4
# Machine code of the body that all convolutions share.
_SHARED_BYTES = 950
# What the kernels' types hold.
_WIDE, _NARROW = 0xFFFF, 0xFF
_MOST_BIAS = 1 << 23


def small_sums(op: Op, graph: Graph, axis: int = 0) -> Sums | None:
    """The sums of a layer with two words per channel: (bias << 8) + shift, and the multiplier.

    The form is that of Mode.SIGNED. It has the results of Mode.RELU, too: they differ below the
    zero point, and are clamped there.

    Args:
        op: CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED.
        graph: its graph.
        axis: of the weights' output channels.

    Returns:
        None where some channel is scaled by more than 1, or some bias has more than 24 bits.
    """
    sums = sums_of(op, graph, axis)
    if sums.mode is Mode.GENERAL:
        return None
    bias, multiplier, shift = sums.form
    if bias.min() < -_MOST_BIAS or bias.max() >= _MOST_BIAS:
        return None
    return dataclasses.replace(sums, form=np.stack([bias * 256 + (shift & 255), multiplier]))


def fits(geometry: dict[str, int]) -> bool:
    """Whether the parameters' types hold them."""
    narrow = ("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w")
    most = max(geometry.get(name, 0) for name in (*narrow, "pad_h", "pad_w"))
    return max(geometry.values()) <= _WIDE and most <= _NARROW


def convolution(
    sums: Sums | None, geometry: dict[str, int], in_place: tuple[InPlace, ...] = ()
) -> KernelChoice | None:
    """CONV_2D, or what can be seen as one, by the body that all layers share.

    Args:
        sums: the layer's.
        geometry: the kernel's parameters that say where a window lies.
        in_place: see KernelChoice.

    Returns:
        None where there are no such sums, channels are odd in number or sizes do not fit.
    """
    if sums is None or len(sums.weights) % 2 or not fits(geometry):
        return None
    channels, taps = sums.weights.shape
    steps = -(-taps // VECTOR_BYTES)
    if max(_POSITIONS * channels, steps) > _WIDE:
        return None
    layout = WeightBlocks(2 * steps * VECTOR_BYTES // 4, after=2 * len(sums.form))
    params: tuple[tuple[str, ParamValue], ...] = (
        *geometry.items(),
        ("steps", steps),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("stream", ConstArray("weights", _stream(sums, steps), layout)),
    )
    return KernelChoice(
        "conv_2d",
        "s8_mve_small",
        (KernelCall(params),),
        4 * _POSITIONS + _POSITIONS * VECTOR_BYTES * steps,
        _cost(geometry, channels, steps),
        own_params=True,
        in_place=in_place,
    )


def _stream(sums: Sums, steps: int) -> Int32:
    """Weights and forms of two channels at a time, as the block reads them."""
    more = steps * VECTOR_BYTES - sums.weights.shape[1]
    vectors = np.pad(sums.weights, ((0, 0), (0, more))).reshape(-1, steps, VECTOR_BYTES)
    words = byte_words(vectors)
    parts: list[npt.ArrayLike] = []
    for c in range(0, len(words), 2):
        parts += [words[c : c + 2].swapaxes(0, 1), sums.form[:, c : c + 2]]
    return as_words(parts)


def _cost(geometry: dict[str, int], channels: int, steps: int) -> Cost:
    """Instructions counted in the assembler; those around it fitted to MLPerf Tiny's models."""
    positions = geometry["batches"] * geometry["output_h"] * geometry["output_w"]
    row = geometry["kernel_w"] * geometry["input_c"]
    direct = geometry["kernel_h"] == 1 and row % VECTOR_BYTES == 0
    gather = 0.0 if direct else geometry["kernel_h"] * (30 + 8 * -(-row // VECTOR_BYTES))
    block = 110 + _POSITIONS * (45 + gather) + (16 * steps + 40) * channels / 2
    return Cost(block * -(-positions // _POSITIONS), LAYER_BYTES, _SHARED_BYTES)

"""Weights and requantization as the kernels for cores with MVE read them; ek_mve.h has the rest.

Requantization is the reference's own arithmetic, so there is nothing to prove: where all outputs
below the zero point are clamped, two vector instructions do, and two more in the general case.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ops._common import activation_range, quant_of
from edgekit.ops._conv import bias_of, channel_multipliers

Int64 = npt.NDArray[np.int64]

VECTOR_BYTES = 16


class Mode(enum.IntEnum):
    """What requantization takes beside its two instructions; the numbers are ek_mve.h's."""

    RELU = 0
    SIGNED = 1
    GENERAL = 2


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A layer of weighted sums.

    Attributes:
        weights: [channels, taps].
        form: [rows, channels]: biases with the zero point's part, multipliers, and shifts as
            the mode has them.
        mode: of all channels.
        zero_point: of the output.
        low: lowest output.
        high: highest output.
    """

    weights: Int64
    form: Int64
    mode: Mode
    zero_point: int
    low: int
    high: int

    @property
    def clamps(self) -> int:
        """Ends of the output's range that int8's saturation does not make."""
        return (self.low > -128) + (self.high < 127)


def sums_of(op: Op, graph: Graph, axis: int = 0) -> Sums:
    """The sums of a convolution or a fully connected layer.

    Args:
        op: CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED.
        graph: its graph.
        axis: of the weights' output channels.
    """
    channels = graph.output(op).shape[-1]
    weights = np.moveaxis(np.asarray(graph.input(op, 1).data, np.int64), axis, 0)
    weights = weights.reshape(channels, -1)
    bias = bias_of(op, graph, channels) - quant_of(graph.input(op, 0)).zero_point * weights.sum(1)
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    multiplier, shift = (
        np.broadcast_to(np.asarray(each, np.int64), channels)
        for each in channel_multipliers(op, graph)
    )
    mode = _mode(shift, positive=low >= output.zero_point)
    rows = [bias, multiplier, np.minimum(shift, 0)]
    if mode is Mode.GENERAL:
        rows += [np.maximum(shift, 0), (shift < 0).astype(np.int64)]
    return Sums(weights, np.stack(rows), mode, output.zero_point, low, high)


def _mode(shift: Int64, *, positive: bool) -> Mode:
    if shift.max() > 0:
        return Mode.GENERAL
    if positive:
        return Mode.RELU
    return Mode.SIGNED if shift.max() < 0 else Mode.GENERAL


def steps_of(weights: Int64) -> Int64:
    """Weights in vectors, [channels, steps, 16].

    All steps but the first are whole; in the first one, what is left is followed by zeros.
    """
    channels, taps = weights.shape
    first = (taps - 1) % VECTOR_BYTES + 1
    head = np.pad(weights[:, :first], ((0, 0), (0, VECTOR_BYTES - first)))
    return np.concatenate([head, weights[:, first:]], axis=1).reshape(channels, -1, VECTOR_BYTES)


def byte_words(values: Int64) -> Int64:
    """Bytes along the last axis, four a word; little endian."""
    packed = np.ascontiguousarray(values.astype(np.int8)).view("<i4")
    return packed.astype(np.int64)

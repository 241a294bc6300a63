"""DEPTHWISE_CONV_2D: int8 or int16, each input channel makes `depth_multiplier` output channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import Activation, Borders, Padding, quant_of
from edgekit.ops._conv import (
    bias_of,
    conv_rows,
    convolution_params,
    images,
    is_wide,
    patches,
    requantized,
    weighted_inputs,
    window_options,
    windows,
    wrong_accumulator,
    wrong_bias,
    wrong_weights,
)
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

TFLITE_CODE = 4


@dataclass(frozen=True, slots=True)
class Attrs:
    """DepthwiseConv2DOptions of the TFLite schema."""

    padding: Padding | Borders = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    depth_multiplier: int = 1
    fused_activation_function: Activation = Activation.NONE
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1


def parse(options: Table | None) -> Attrs:
    """Read DepthwiseConv2DOptions."""
    if options is None:
        return Attrs()
    return Attrs(
        Padding(options.int8(0)),
        options.int32(1),
        options.int32(2),
        options.int32(3),
        Activation(options.int8(4)),
        options.int32(5, 1),
        options.int32(6, 1),
    )


constraint_inputs = weighted_inputs
constraint_input = images


def constraint_weights(op: Op, graph: Graph) -> str | None:
    """Weights must be constant int8, with zero point 0, one scale or one per output channel."""
    return wrong_weights(graph.input(op, 1), axis=3, rank=4)


def constraint_multiplier(op: Op, graph: Graph) -> str | None:
    """There must be one filter for each input channel times the depth multiplier."""
    channels, weights = graph.input(op, 0).shape[3], graph.input(op, 1)
    multiplier = op.attrs.depth_multiplier
    if weights.shape[0] != 1 or weights.shape[3] != channels * multiplier:
        return f"{channels} input channels, depth multiplier {multiplier}, weights {weights.shape}"
    return None


def constraint_bias(op: Op, graph: Graph) -> str | None:
    """The bias, where there is one, must be constant int32, or int64 with an int16 input, one
    value per output channel.
    """
    return wrong_bias(op, graph, graph.input(op, 1).shape[3])


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No sum of weighted inputs and bias may leave 32 bits; with an int16 input, 48 bits, or 32
    without the bias or scaled.
    """
    return wrong_accumulator(op, graph, axis=3)


constraint_options = window_options


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, input channels * depth multiplier]."""
    rows, columns = windows(op, graph)
    return (graph.input(op, 0).shape[0], rows.size, columns.size, graph.input(op, 1).shape[3])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The convolution per channel in integers, then requantization."""
    x, weights = inputs[0], inputs[1]
    assert x is not None
    assert weights is not None
    _, kernel_h, kernel_w, filters = weights.shape
    channels = x.shape[3]
    windowed = patches(x.astype(np.int32) - quant_of(graph.input(op, 0)).zero_point, op, graph)
    kernels = weights.reshape(kernel_h, kernel_w, channels, -1).astype(np.int32)
    accumulators = np.einsum("bhwklc,klcm->bhwcm", windowed, kernels)
    return requantized(
        op, graph, accumulators.reshape(*windowed.shape[:3], filters) + bias_of(op, graph, filters)
    )


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    params = convolution_params(op, graph, ("depth_multiplier", op.attrs.depth_multiplier))
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    in_place = windowed_lead(op, graph, windows(op, graph), strides)
    wide = is_wide(op, graph)
    return KernelChoice(
        "depthwise_conv_2d",
        "s16" if wide else "s8",
        (KernelCall(params),),
        own_params=wide,
        in_place=in_place,
    )


def macs(op: Op, graph: Graph) -> int:
    """Output elements times the taps of one filter; padding counts, as is the custom."""
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    return graph.output(op).size * kernel_h * kernel_w


row_window = conv_rows

"""CONV_2D: int8 or int16, weights per tensor or per channel, in groups or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
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
    weight_types,
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

TFLITE_CODE = 3


@dataclass(frozen=True, slots=True)
class Attrs:
    """Conv2DOptions of the TFLite schema."""

    padding: Padding | Borders = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: Activation = Activation.NONE
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1


def parse(options: Table | None) -> Attrs:
    """Read Conv2DOptions."""
    if options is None:
        return Attrs()
    return Attrs(
        Padding(options.int8(0)),
        options.int32(1),
        options.int32(2),
        Activation(options.int8(3)),
        options.int32(4, 1),
        options.int32(5, 1),
    )


constraint_inputs = weighted_inputs
constraint_input = images


def constraint_weights(op: Op, graph: Graph) -> str | None:
    """Weights must be constant int8, or int4 with an int8 input, zero point 0, one scale or one
    per output channel.
    """
    return wrong_weights(graph.input(op, 1), axis=0, rank=4, dtypes=weight_types(op, graph))


def constraint_groups(op: Op, graph: Graph) -> str | None:
    """Input and output channels must be multiples of the number of groups."""
    channels, (filters, *_, depth) = graph.input(op, 0).shape[3], graph.input(op, 1).shape
    if channels % depth or filters % (channels // depth):
        return f"{channels} input channels, {filters} filters of depth {depth}"
    return None


def constraint_bias(op: Op, graph: Graph) -> str | None:
    """The bias, where there is one, must be constant int32, or int64 with an int16 input, one
    value per output channel.
    """
    return wrong_bias(op, graph, graph.input(op, 1).shape[0])


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No sum of weighted inputs and bias may leave 32 bits; with an int16 input, 48 bits, and
    scaled 32.
    """
    return wrong_accumulator(op, graph, axis=0)


constraint_options = window_options


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, filters]."""
    rows, columns = windows(op, graph)
    return (graph.input(op, 0).shape[0], rows.size, columns.size, graph.input(op, 1).shape[0])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The convolution, then requantization per channel.

    Sums run in float64, which holds every one of them exactly: constraint_sums keeps them below
    2**47. That makes them matrix products, which numpy does fast.
    """
    x, weights = inputs[0], inputs[1]
    assert x is not None
    assert weights is not None
    filters, depth = weights.shape[0], weights.shape[3]
    groups = x.shape[3] // depth
    per_group = filters // groups
    windowed = patches(x.astype(np.float64) - quant_of(graph.input(op, 0)).zero_point, op, graph)
    shape = (*windowed.shape[:3], filters)
    windowed = windowed.reshape(math.prod(shape[:3]), -1, groups, depth)
    sums = [
        windowed[:, :, g].reshape(len(windowed), -1)
        @ weights[g * per_group : (g + 1) * per_group].reshape(per_group, -1).T.astype(np.float64)
        for g in range(groups)
    ]
    accumulators = np.concatenate(sums, axis=1).reshape(shape).astype(np.int64)
    return requantized(op, graph, accumulators + bias_of(op, graph, filters))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    params = convolution_params(op, graph, ("kernel_c", graph.input(op, 1).shape[3]))
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    in_place = windowed_lead(op, graph, windows(op, graph), strides)
    if is_wide(op, graph) or graph.input(op, 1).dtype is DType.INT4:
        variant, calls = "s16" if is_wide(op, graph) else "s4", (KernelCall(params),)
        return KernelChoice("conv_2d", variant, calls, own_params=True, in_place=in_place)
    return KernelChoice("conv_2d", "s8", (KernelCall(params),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """Output elements times the taps of one filter; padding counts, as is the custom."""
    return graph.output(op).size * math.prod(graph.input(op, 1).shape[1:])


row_window = conv_rows

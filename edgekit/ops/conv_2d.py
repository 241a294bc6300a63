"""CONV_2D: int8 convolution, per-tensor or per-channel weights, grouped where the model says so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    CLAMPING,
    Activation,
    Padding,
    Window,
    activation_range,
    quant_of,
    window,
    wrong_dtype,
    wrong_quant,
)
from edgekit.ops._conv import bias_of, channel_multipliers, patches, wrong_bias, wrong_weights
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._quant import multiply_by_quantized_multiplier
from edgekit.targets import Target

TFLITE_CODE = 3


@dataclass(frozen=True, slots=True)
class Attrs:
    """Conv2DOptions of the TFLite schema."""

    padding: Padding = Padding.SAME
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


def constraint_input(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, of 4 dimensions, with one scale each."""
    for tensor in (graph.input(op, 0), graph.output(op)):
        found = wrong_dtype(tensor, DType.INT8) or wrong_quant(tensor)
        if found:
            return found
        if len(tensor.shape) != 4:
            return f"tensor {tensor.name!r} has the shape {tensor.shape}"
    return None


def constraint_weights(op: Op, graph: Graph) -> str | None:
    """Weights must be constant int8, with zero point 0, one scale or one per output channel."""
    return wrong_weights(graph.input(op, 1), axis=0)


def constraint_groups(op: Op, graph: Graph) -> str | None:
    """Input and output channels must be multiples of the number of groups."""
    channels, (filters, *_, depth) = graph.input(op, 0).shape[3], graph.input(op, 1).shape
    if channels % depth or filters % (channels // depth):
        return f"{channels} input channels, {filters} filters of depth {depth}"
    return None


def constraint_bias(op: Op, graph: Graph) -> str | None:
    """The bias, where there is one, must be constant int32, one value per output channel."""
    return wrong_bias(graph.optional_input(op, 2), graph.input(op, 1).shape[0])


def constraint_options(op: Op, graph: Graph) -> str | None:
    """Strides and dilations must be positive; the activation NONE, RELU, RELU_N1_TO_1 or RELU6."""
    attrs: Attrs = op.attrs
    steps = (attrs.stride_h, attrs.stride_w, attrs.dilation_h_factor, attrs.dilation_w_factor)
    if min(steps) < 1:
        return f"strides and dilations {steps}"
    if attrs.fused_activation_function not in CLAMPING:
        return f"the fused activation {attrs.fused_activation_function.name}"
    return None


def _windows(op: Op, graph: Graph) -> tuple[Window, Window]:
    attrs: Attrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    return (
        window(attrs.padding, height, kernel_h, attrs.stride_h, attrs.dilation_h_factor),
        window(attrs.padding, width, kernel_w, attrs.stride_w, attrs.dilation_w_factor),
    )


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, filters]."""
    rows, columns = _windows(op, graph)
    return (graph.input(op, 0).shape[0], rows.size, columns.size, graph.input(op, 1).shape[0])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The convolution in integers, then requantization per channel."""
    attrs: Attrs = op.attrs
    x, weights = inputs[0], inputs[1]
    assert x is not None
    assert weights is not None
    rows, columns = _windows(op, graph)
    filters, kernel_h, kernel_w, depth = weights.shape
    groups = x.shape[3] // depth
    taps = patches(
        x.astype(np.int32) - quant_of(graph.input(op, 0)).zero_point,
        (kernel_h, kernel_w),
        (rows, columns),
        (attrs.stride_h, attrs.stride_w),
        (attrs.dilation_h_factor, attrs.dilation_w_factor),
    )
    taps = taps.reshape(*taps.shape[:5], groups, depth)
    kernels = weights.reshape(groups, filters // groups, kernel_h, kernel_w, depth)
    accumulators = np.einsum("bhwklgd,gfkld->bhwgf", taps, kernels.astype(np.int32), optimize=True)
    accumulators = accumulators.reshape(x.shape[0], rows.size, columns.size, filters)
    output = quant_of(graph.output(op))
    scaled = multiply_by_quantized_multiplier(
        accumulators + bias_of(op, graph, filters), *channel_multipliers(op, graph, filters)
    )
    low, high = activation_range(attrs.fused_activation_function, output)
    return np.clip(scaled + output.zero_point, low, high).astype(np.int8)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    attrs: Attrs = op.attrs
    rows, columns = _windows(op, graph)
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    filters, kernel_h, kernel_w, depth = graph.input(op, 1).shape
    multipliers, shifts = channel_multipliers(op, graph, filters)
    output = quant_of(graph.output(op))
    low, high = activation_range(attrs.fused_activation_function, output)
    weights = graph.input(op, 1).data
    assert weights is not None
    params = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("output_c", filters),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("kernel_c", depth),
        ("stride_h", attrs.stride_h),
        ("stride_w", attrs.stride_w),
        ("dilation_h", attrs.dilation_h_factor),
        ("dilation_w", attrs.dilation_w_factor),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", output.zero_point),
        ("output_min", low),
        ("output_max", high),
        ("weights", ConstArray("weights", weights)),
        ("bias", ConstArray("bias", bias_of(op, graph, filters))),
        ("multipliers", ConstArray("multipliers", multipliers)),
        ("shifts", ConstArray("shifts", shifts)),
    )
    return KernelChoice("conv_2d", "s8", (KernelCall(params),))


def macs(op: Op, graph: Graph) -> int:
    """Output elements times the taps of one filter; padding counts, as is the custom."""
    return graph.output(op).size * math.prod(graph.input(op, 1).shape[1:])

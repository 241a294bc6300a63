"""TRANSPOSE_CONV: int8, each input pixel adds its weighted filter to a window of the output."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    Activation,
    Padding,
    Window,
    quant_of,
    window,
    wrong_activation,
    wrong_dtype,
    wrong_inputs,
    wrong_window,
)
from edgekit.ops._conv import (
    bias_of,
    requantized,
    sum_params,
    wrong_accumulator,
    wrong_bias,
    wrong_weights,
)
from edgekit.ops._elementwise import wrong_int8
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._strided import constants
from edgekit.targets import Target

TFLITE_CODE = 67

_SHAPE, _WEIGHTS, _SOURCE, _BIAS = range(4)


@dataclass(frozen=True, slots=True)
class Attrs:
    """TransposeConvOptions of the TFLite schema."""

    padding: Padding = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    fused_activation_function: Activation = Activation.NONE


def parse(options: Table | None) -> Attrs:
    """Read TransposeConvOptions."""
    if options is None:
        return Attrs()
    return Attrs(
        Padding(options.int8(0)), options.int32(1), options.int32(2), Activation(options.int8(3))
    )


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have three inputs, the output's shape, weights and what is convolved, and may
    have a bias.
    """
    return wrong_inputs(op, 3, optional=1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, of 4 dimensions, with one scale each."""
    tensors = graph.input(op, _SOURCE), graph.output(op)
    found = wrong_int8(*tensors)
    ranks = [t for t in tensors if len(t.shape) != 4]
    return found or (f"tensor {ranks[0].name!r} has the shape {ranks[0].shape}" if ranks else None)


def constraint_weights(op: Op, graph: Graph) -> str | None:
    """Weights must be constant int8 of the input's channels, zero point 0, one scale or one per
    output channel.
    """
    weights, channels = graph.input(op, _WEIGHTS), graph.input(op, _SOURCE).shape[3]
    found = wrong_weights(weights, axis=0, rank=4)
    if found is None and weights.shape[3] != channels:
        return f"{channels} input channels, weights for {weights.shape[3]}"
    return found


def constraint_bias(op: Op, graph: Graph) -> str | None:
    """The bias, where there is one, must be constant int32, one value per output channel."""
    return wrong_bias(_forward(op), graph, graph.input(op, _WEIGHTS).shape[0])


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No sum of weighted inputs and bias may leave 32 bits."""
    return wrong_accumulator(_forward(op), graph, axis=0)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """Strides must be positive, the activation NONE, RELU, RELU_N1_TO_1 or RELU6."""
    attrs = op.attrs
    if min(attrs.stride_h, attrs.stride_w) < 1:
        return f"the strides {attrs.stride_h} and {attrs.stride_w}"
    return wrong_activation(attrs.fused_activation_function, graph.output(op))


def constraint_shape(op: Op, graph: Graph) -> str | None:
    """The output's shape must be constant int32, and a convolution of it with the same filter and
    strides have the input's.
    """
    tensor = graph.input(op, _SHAPE)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the shape {tensor.name!r} is computed at run time"
    shape = constants(op, graph, _SHAPE)
    batches, height, width, _ = graph.input(op, _SOURCE).shape
    filters, kernel_h, kernel_w, _ = graph.input(op, _WEIGHTS).shape
    attrs = op.attrs
    if len(shape) != 4 or min(shape) < 1 or (shape[0], shape[3]) != (batches, filters):
        return f"the shape {list(shape)} of {batches} batches and {filters} filters"
    found = wrong_window(attrs.padding, shape[1], kernel_h, attrs.stride_h)
    found = found or wrong_window(attrs.padding, shape[2], kernel_w, attrs.stride_w)
    if found:
        return found
    given = tuple(each.size for each in _windows(op, graph))
    return None if given == (height, width) else f"{list(shape)} for {height}x{width}"


def _forward(op: Op) -> Op:
    """The op with its inputs in the places where convolutions have theirs."""
    _, weights, source, *bias = op.inputs
    return dataclasses.replace(op, inputs=(source, weights, *bias))


def _windows(op: Op, graph: Graph) -> tuple[Window, Window]:
    """The windows that the input's pixels lie at, over rows and columns of the output."""
    _, height, width, _ = constants(op, graph, _SHAPE)
    _, kernel_h, kernel_w, _ = graph.input(op, _WEIGHTS).shape
    attrs = op.attrs
    return (
        window(attrs.padding, height, kernel_h, attrs.stride_h),
        window(attrs.padding, width, kernel_w, attrs.stride_w),
    )


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """As the first input says."""
    return constants(op, graph, _SHAPE)


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Every pixel's filters added up over the output, then requantization per channel.

    Sums run in float64, which holds every one of them exactly: constraint_sums keeps them below
    2**31.
    """
    x, weights = inputs[_SOURCE], inputs[_WEIGHTS]
    assert x is not None
    assert weights is not None
    batches, height, width, filters = constants(op, graph, _SHAPE)
    _, kernel_h, kernel_w, _ = weights.shape
    rows, columns = _windows(op, graph)
    stride_h, stride_w = op.attrs.stride_h, op.attrs.stride_w
    centred = x.astype(np.float64) - quant_of(graph.input(op, _SOURCE)).zero_point
    # Large enough for all windows; the padding is cut off.
    reach = (rows.size - 1) * stride_h + kernel_h, (columns.size - 1) * stride_w + kernel_w
    extent = max(reach[0], rows.pad + height), max(reach[1], columns.pad + width)
    sums = np.zeros((batches, *extent, filters))
    for ky in range(kernel_h):
        for kx in range(kernel_w):
            part = centred @ weights[:, ky, kx].T.astype(np.float64)
            ends = ky + rows.size * stride_h, kx + columns.size * stride_w
            sums[:, ky : ends[0] : stride_h, kx : ends[1] : stride_w] += part
    inside = sums[:, rows.pad : rows.pad + height, columns.pad : columns.pad + width]
    forward = _forward(op)
    return requantized(forward, graph, inside.astype(np.int64) + bias_of(forward, graph, filters))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C: each output pixel gathers what reaches it."""
    batches, input_h, input_w, input_c = graph.input(op, _SOURCE).shape
    _, output_h, output_w, output_c = constants(op, graph, _SHAPE)
    _, kernel_h, kernel_w, _ = graph.input(op, _WEIGHTS).shape
    rows, columns = _windows(op, graph)
    params = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("stride_h", op.attrs.stride_h),
        ("stride_w", op.attrs.stride_w),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        *sum_params(_forward(op), graph),
    )
    call = KernelCall(params, inputs=(_SOURCE,))
    return KernelChoice("transpose_conv", "s8", (call,))


def macs(op: Op, graph: Graph) -> int:
    """Input elements times the taps of all filters over one; those outside count, too."""
    filters, kernel_h, kernel_w, _ = graph.input(op, _WEIGHTS).shape
    return math.prod((graph.input(op, _SOURCE).size, filters, kernel_h, kernel_w))

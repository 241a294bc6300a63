"""What the convolutions and the fully connected layer share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    INT16_MIN,
    Window,
    along,
    fused_range,
    quant_of,
    window,
    wrong_activation,
    wrong_dtype,
    wrong_images,
    wrong_inputs,
    wrong_window,
)
from edgekit.ops._kernel import ConstArray, ParamValue
from edgekit.ops._nibbles import stored
from edgekit.ops._quant import (
    INT32_MAX,
    MAX_WIDE_SHIFT,
    WIDE_SUM_MAX,
    multiply_by_quantized_multiplier,
    multiply_wide_by_reduced,
    quantize_multipliers,
    reduced_multipliers,
)
from edgekit.ops._rows import RowWindow

Multipliers = tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]


def weighted_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the weights, and may have a bias."""
    return wrong_inputs(op, 2, optional=1)


def images(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, of 4 dimensions, with one scale each."""
    return wrong_images(graph.input(op, 0), graph.output(op))


def wrong_weights(
    tensor: Tensor, axis: int, rank: int, dtypes: tuple[DType, ...] = (DType.INT8,)
) -> str | None:
    """What a constraint answers about weights: constant, symmetric, scales along `axis`."""
    found = wrong_dtype(tensor, *dtypes)
    if found:
        return found
    if not tensor.is_const:
        return f"the weights {tensor.name!r} are computed at run time"
    if len(tensor.shape) != rank:
        return f"the weights {tensor.name!r} have the shape {tensor.shape}"
    if tensor.quant is None:
        return f"the weights {tensor.name!r} have no quantization parameters"
    quant = tensor.quant
    if any(quant.zero_points):
        return f"the weights {tensor.name!r} have a zero point that is not 0"
    if quant.per_channel and (quant.axis != axis or len(quant.scales) != tensor.shape[axis]):
        return (
            f"the weights {tensor.name!r} of shape {tensor.shape} have {len(quant.scales)} scales "
            f"along axis {quant.axis}"
        )
    if not all(np.isfinite(s) and s >= 0.0 for s in quant.scales):
        return f"the weights {tensor.name!r} have a scale that is negative or not finite"
    return None


def is_wide(op: Op, graph: Graph) -> bool:
    """Whether a weighted sum has int16 inputs: its bias and its sums are int64 then."""
    return graph.input(op, 0).dtype is DType.INT16


def weight_types(op: Op, graph: Graph) -> tuple[DType, ...]:
    """The types that weights may have; TFLite Micro has no int4 weights for int16 inputs."""
    return (DType.INT8,) if is_wide(op, graph) else (DType.INT8, DType.INT4)


def wrong_bias(op: Op, graph: Graph, channels: int) -> str | None:
    """What a constraint answers about a bias: absent, or constant [channels] of its type.

    With int16 inputs that is int64. TFLite Micro rounds otherwise behind an int32 bias, and in
    its depthwise convolution takes one for int64.
    """
    tensor = graph.optional_input(op, 2)
    if tensor is None:
        return None
    found = wrong_dtype(tensor, DType.INT64 if is_wide(op, graph) else DType.INT32)
    if found:
        return found
    if not tensor.is_const:
        return f"the bias {tensor.name!r} is computed at run time"
    if tensor.size != channels:
        return f"the bias {tensor.name!r} has {tensor.size} values for {channels} channels"
    return None


def wrong_accumulator(op: Op, graph: Graph, axis: int) -> str | None:
    """What a constraint answers about the sums: None if none can leave 32 bits.

    The bound holds for every input: each tap at the int8 value farthest from the zero point.
    """
    if is_wide(op, graph):
        return _wrong_wide_sums(op, graph, axis)
    weights = graph.input(op, 1)
    channels = weights.shape[axis]
    values = np.moveaxis(np.asarray(weights.data, np.int64), axis, 0).reshape(channels, -1)
    zero_point = quant_of(graph.input(op, 0)).zero_point
    farthest = max(127 - zero_point, zero_point + 128)
    bias = np.abs(bias_of(op, graph, channels).astype(np.int64))
    largest = int((np.abs(values).sum(axis=1) * farthest + bias).max())
    if largest > INT32_MAX:
        return f"weights and bias can add up to {largest}"
    return None


def _wrong_wide_sums(op: Op, graph: Graph, axis: int) -> str | None:
    """The same for int16 inputs: 48 bits for a sum, 32 once it is scaled."""
    weights = graph.input(op, 1)
    channels = weights.shape[axis]
    values = np.moveaxis(np.asarray(weights.data, np.int64), axis, 0).reshape(channels, -1)
    products = np.abs(values).sum(axis=1) * -INT16_MIN
    bias = [abs(int(value)) for value in bias_of(op, graph, channels)]  # |-2**63| is no int64
    largest = max(int(a) + b for a, b in zip(products, bias, strict=True))
    if largest > WIDE_SUM_MAX:
        return f"weights and bias can add up to {largest}"
    # The kernel of the depthwise convolution, unlike the others', has no longer sum than that.
    if op.kind == "DEPTHWISE_CONV_2D" and int(products.max()) > INT32_MAX:
        return f"the products of a channel can add up to {int(products.max())}"
    multipliers, shifts = wide_multipliers(op, graph)
    if int(shifts.max()) > MAX_WIDE_SHIFT:
        return f"a scale of input times weights that is 2**{int(shifts.max()) - 1} of the output's"
    scaled = multiply_wide_by_reduced(largest, multipliers, shifts)
    if int(scaled.max()) > INT32_MAX:
        return f"a scaled sum can be {int(scaled.max())}"
    return None


def window_options(op: Op, graph: Graph) -> str | None:
    """Strides and dilations must be positive, a VALID window must fit into the input, and the
    activation be NONE, RELU, RELU_N1_TO_1 or RELU6.
    """
    attrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    rows, columns = along(attrs.padding)
    return (
        wrong_window(rows, height, kernel_h, attrs.stride_h, attrs.dilation_h_factor)
        or wrong_window(columns, width, kernel_w, attrs.stride_w, attrs.dilation_w_factor)
        or wrong_activation(attrs.fused_activation_function, graph.output(op))
    )


def windows(op: Op, graph: Graph) -> tuple[Window, Window]:
    """The windows of a convolution along rows and columns."""
    attrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    rows, columns = along(attrs.padding)
    return (
        window(rows, height, kernel_h, attrs.stride_h, attrs.dilation_h_factor),
        window(columns, width, kernel_w, attrs.stride_w, attrs.dilation_w_factor),
    )


def conv_rows(op: Op, graph: Graph) -> RowWindow:
    """The rows under the window of a convolution."""
    attrs = op.attrs
    reach = (graph.input(op, 1).shape[1] - 1) * attrs.dilation_h_factor + 1
    return RowWindow(reach, attrs.stride_h, windows(op, graph)[0].pad)


def bias_of(op: Op, graph: Graph, channels: int) -> Array:
    """The op's bias, [channels] int32, or int64 with int16 inputs; zeros where it has none."""
    dtype = np.dtype(np.int64 if is_wide(op, graph) else np.int32)
    tensor = graph.optional_input(op, 2)
    if tensor is None or tensor.data is None:
        return np.zeros(channels, dtype)
    return np.asarray(tensor.data, dtype).reshape(channels)


def channel_multipliers(op: Op, graph: Graph) -> Multipliers:
    """Mantissas and shifts that take accumulators to the output's scale.

    The product is formed in double precision, as TFLite Micro does.

    Returns:
        One per output channel, or a single one where the weights have one scale.
    """
    scale_in = quant_of(graph.input(op, 0)).scale
    scale_out = quant_of(graph.output(op)).scale
    scales = quant_of(graph.input(op, 1)).scales
    return quantize_multipliers([scale_in * s / scale_out for s in scales])


def wide_multipliers(op: Op, graph: Graph) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int8]]:
    """`channel_multipliers` for sums of int16 inputs, with mantissas of 15 bits."""
    multipliers, shifts = channel_multipliers(op, graph)
    return reduced_multipliers(multipliers), shifts


def requantized(op: Op, graph: Graph, sums: Array) -> Array:
    """Accumulators, channels last, brought to the output's type and clamped."""
    output = graph.output(op)
    quant = quant_of(output)
    low, high = fused_range(op, graph)
    if is_wide(op, graph):
        scaled = multiply_wide_by_reduced(sums, *wide_multipliers(op, graph))
        return np.clip(scaled, low, high).astype(np.int16)
    scaled = multiply_by_quantized_multiplier(sums, *channel_multipliers(op, graph))
    return np.clip(scaled + quant.zero_point, low, high).astype(np.int8)


def patches(x: Array, op: Op, graph: Graph) -> Array:
    """Every window of a convolution's input, zero outside of it.

    Args:
        x: [batch, height, width, channels], with the zero point already subtracted.
        op: the convolution.
        graph: its graph.

    Returns:
        [batch, output height, output width, kernel height, kernel width, channels].
    """
    attrs = op.attrs
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    over_rows, over_columns = windows(op, graph)
    rows = taps(over_rows, attrs.stride_h, kernel_h, attrs.dilation_h_factor)
    columns = taps(over_columns, attrs.stride_w, kernel_w, attrs.dilation_w_factor)
    inside = ((rows >= 0) & (rows < x.shape[1]))[:, None, :, None] & (
        (columns >= 0) & (columns < x.shape[2])
    )[None, :, None, :]
    taken = x[
        :,
        rows.clip(0, x.shape[1] - 1)[:, None, :, None],
        columns.clip(0, x.shape[2] - 1)[None, :, None, :],
    ]
    return np.where(inside[None, ..., None], taken, 0)


def taps(over: Window, stride: int, kernel: int, dilation: int = 1) -> npt.NDArray[Any]:
    """The input positions of each window along one axis, [output size, kernel size]."""
    return np.arange(over.size)[:, None] * stride - over.pad + np.arange(kernel) * dilation


def convolution_params(
    op: Op, graph: Graph, depth: tuple[str, int]
) -> tuple[tuple[str, ParamValue], ...]:
    """The kernel parameters of a convolution, in the order of its struct.

    Args:
        op: CONV_2D or DEPTHWISE_CONV_2D.
        graph: its graph.
        depth: the field that tells the two apart, with its value.
    """
    return (*window_params(op, graph, depth), *sum_params(op, graph))


def window_params(op: Op, graph: Graph, *depth: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    """Those that say where the windows lie; `depth` is for kernels that serve any."""
    attrs = op.attrs
    rows, columns = windows(op, graph)
    batches, input_h, input_w, input_c = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    return (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("output_c", graph.output(op).shape[3]),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        *depth,
        ("stride_h", attrs.stride_h),
        ("stride_w", attrs.stride_w),
        ("dilation_h", attrs.dilation_h_factor),
        ("dilation_w", attrs.dilation_w_factor),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
    )


def undilated_params(op: Op, graph: Graph) -> tuple[tuple[str, int], ...]:
    """Those of kernels that need columns that are not dilated, and the input's zero point."""
    return (
        *(each for each in window_params(op, graph) if each[0] != "dilation_w"),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
    )


def sum_params(op: Op, graph: Graph) -> tuple[tuple[str, ParamValue], ...]:
    """The kernel parameters from zero points to shifts, the same for every weighted sum.

    With int16 there are no zero points.
    """
    output = graph.output(op)
    wide = is_wide(op, graph)
    low, high = fused_range(op, graph)
    multipliers = wide_multipliers(op, graph) if wide else channel_multipliers(op, graph)
    zero_points = (
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", quant_of(output).zero_point),
    )
    return (
        *(() if wide else zero_points),
        ("output_min", low),
        ("output_max", high),
        ("weights", ConstArray("weights", stored(graph.input(op, 1)))),
        ("bias", ConstArray("bias", bias_of(op, graph, output.shape[-1]))),
        ("multipliers", ConstArray("multipliers", multipliers[0])),
        ("shifts", ConstArray("shifts", multipliers[1])),
        ("multiplier_step", int(multipliers[0].size > 1)),
    )

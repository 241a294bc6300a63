"""What the convolutions and the fully connected layer share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._common import Window, quant_of, wrong_dtype
from edgekit.ops._quant import quantize_multipliers


def wrong_weights(tensor: Tensor, axis: int) -> str | None:
    """What a constraint answers about weights: constant int8, symmetric, scales along `axis`."""
    found = wrong_dtype(tensor, DType.INT8)
    if found:
        return found
    if not tensor.is_const:
        return f"the weights {tensor.name!r} are computed at run time"
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


def wrong_bias(tensor: Tensor | None, channels: int) -> str | None:
    """What a constraint answers about a bias: absent, or constant int32 [channels]."""
    if tensor is None:
        return None
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if not tensor.is_const:
        return f"the bias {tensor.name!r} is computed at run time"
    if tensor.size != channels:
        return f"the bias {tensor.name!r} has {tensor.size} values for {channels} channels"
    return None


def bias_of(op: Op, graph: Graph, channels: int) -> npt.NDArray[np.int32]:
    """The op's bias, [channels] int32; zeros where it has none."""
    tensor = graph.optional_input(op, 2)
    if tensor is None or tensor.data is None:
        return np.zeros(channels, np.int32)
    return np.asarray(tensor.data, np.int32).reshape(channels)


def channel_multipliers(
    op: Op, graph: Graph, channels: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Mantissas and shifts that take accumulators to the output's scale, one per channel.

    The product is formed in double precision, as TFLite Micro's convolutions do.
    """
    scale_in = float(quant_of(graph.input(op, 0)).scale)
    scale_out = float(quant_of(graph.output(op)).scale)
    scales = np.broadcast_to(quant_of(graph.input(op, 1)).scales, (channels,))
    return quantize_multipliers([scale_in * float(s) / scale_out for s in scales])


def patches(
    x: Array,
    kernel: tuple[int, int],
    windows: tuple[Window, Window],
    strides: tuple[int, int],
    dilations: tuple[int, int],
) -> Array:
    """Every window of an NHWC array, zero outside of it.

    Args:
        x: [batch, height, width, channels], with the zero point already subtracted.
        kernel: height and width of the window.
        windows: output size and leading padding of rows and columns.
        strides: of rows and columns.
        dilations: of rows and columns.

    Returns:
        [batch, output height, output width, kernel height, kernel width, channels].
    """
    rows, columns = (
        np.arange(w.size)[:, None] * stride - w.pad + np.arange(k)[None, :] * dilation
        for w, stride, k, dilation in zip(windows, strides, kernel, dilations, strict=True)
    )
    inside = ((rows >= 0) & (rows < x.shape[1]))[:, None, :, None] & (
        (columns >= 0) & (columns < x.shape[2])
    )[None, :, None, :]
    taken = x[
        :,
        rows.clip(0, x.shape[1] - 1)[:, None, :, None],
        columns.clip(0, x.shape[2] - 1)[None, :, None, :],
    ]
    return np.where(inside[None, ..., None], taken, 0)

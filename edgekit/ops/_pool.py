"""What the two poolings share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    Activation,
    Borders,
    Padding,
    Window,
    along,
    fused_range,
    quant_of,
    window,
    wrong_activation,
    wrong_images,
    wrong_window,
)
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import windowed_lead
from edgekit.ops._rows import RowWindow

# TFLite Micro takes scales for equal that differ by no more.
SCALE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class PoolAttrs:
    """Pool2DOptions of the TFLite schema."""

    padding: Padding | Borders = Padding.SAME
    stride_w: int = 1
    stride_h: int = 1
    filter_width: int = 1
    filter_height: int = 1
    fused_activation_function: Activation = Activation.NONE


def parse_pool(options: Table | None) -> PoolAttrs:
    """Read Pool2DOptions."""
    if options is None:
        return PoolAttrs()
    return PoolAttrs(
        Padding(options.int8(0)),
        options.int32(1),
        options.int32(2),
        options.int32(3),
        options.int32(4),
        Activation(options.int8(5)),
    )


def pool_images(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, of 4 dimensions, with the same scale and
    zero point.
    """
    source, result = graph.input(op, 0), graph.output(op)
    found = wrong_images(source, result)
    if found:
        return found
    before, after = quant_of(source), quant_of(result)
    if before.zero_point != after.zero_point or abs(before.scale - after.scale) > SCALE_TOLERANCE:
        return (
            f"the input has scale {before.scale} and zero point {before.zero_point}, the output "
            f"{after.scale} and {after.zero_point}"
        )
    return None


def pool_options(op: Op, graph: Graph) -> str | None:
    """Filter and strides must be positive, a VALID window must fit into the input, and the
    activation be NONE, RELU, RELU_N1_TO_1 or RELU6.
    """
    attrs: PoolAttrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    rows, columns = along(attrs.padding)
    return (
        wrong_window(rows, height, attrs.filter_height, attrs.stride_h)
        or wrong_window(columns, width, attrs.filter_width, attrs.stride_w)
        or wrong_activation(attrs.fused_activation_function, graph.output(op))
    )


def pool_windows(op: Op, graph: Graph) -> tuple[Window, Window]:
    """The windows along rows and columns."""
    attrs: PoolAttrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    rows, columns = along(attrs.padding)
    return (
        window(rows, height, attrs.filter_height, attrs.stride_h),
        window(columns, width, attrs.filter_width, attrs.stride_w),
    )


def pool_rows(op: Op, graph: Graph) -> RowWindow:
    """The rows under the filter."""
    rows, _ = pool_windows(op, graph)
    return RowWindow(op.attrs.filter_height, op.attrs.stride_h, rows.pad)


def pool_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, channels] of the output."""
    batches, _, _, channels = graph.input(op, 0).shape
    rows, columns = pool_windows(op, graph)
    return (batches, rows.size, columns.size, channels)


def pooled_windows(op: Op, graph: Graph, x: Array) -> Iterator[tuple[int, int, Array]]:
    """Each output position with the part of the input under its window.

    Yields:
        Output row, output column and [batch, rows, columns, channels]; never empty: padding
        alone fills no window.
    """
    attrs: PoolAttrs = op.attrs
    rows, columns = pool_windows(op, graph)
    for i in range(rows.size):
        top = i * attrs.stride_h - rows.pad
        for j in range(columns.size):
            left = j * attrs.stride_w - columns.pad
            yield (
                i,
                j,
                x[
                    :,
                    max(top, 0) : top + attrs.filter_height,
                    max(left, 0) : left + attrs.filter_width,
                ],
            )


def pool_kernel(kernel: str, op: Op, graph: Graph) -> KernelChoice:
    """Portable C."""
    attrs: PoolAttrs = op.attrs
    rows, columns = pool_windows(op, graph)
    batches, input_h, input_w, channels = graph.input(op, 0).shape
    low, high = fused_range(op, graph)
    params = (
        ("batches", batches),
        ("input_h", input_h),
        ("input_w", input_w),
        ("channels", channels),
        ("output_h", rows.size),
        ("output_w", columns.size),
        ("filter_h", attrs.filter_height),
        ("filter_w", attrs.filter_width),
        ("stride_h", attrs.stride_h),
        ("stride_w", attrs.stride_w),
        ("pad_h", rows.pad),
        ("pad_w", columns.pad),
        ("output_min", low),
        ("output_max", high),
    )
    in_place = windowed_lead(op, graph, (rows, columns), (attrs.stride_h, attrs.stride_w))
    variant = "s8" if graph.input(op, 0).dtype is DType.INT8 else "s16"
    return KernelChoice(kernel, variant, (KernelCall(params),), in_place=in_place)

"""RESIZE_BILINEAR: another height and width by linear interpolation along both; int8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._quant import Int64
from edgekit.ops._resize import constant_size, input_and_size, resized_shape, size_of
from edgekit.ops._usual import no_macs
from edgekit.targets import Target

TFLITE_CODE = 23

# Positions in the input and weights have so many bits behind the point; TFLite Micro's, and part
# of the result.
BITS = 10


@dataclass(frozen=True, slots=True)
class Attrs:
    """ResizeBilinearOptions of the TFLite schema."""

    align_corners: bool = False
    half_pixel_centers: bool = False


def parse(options: Table | None) -> Attrs:
    """Read ResizeBilinearOptions, whose first two fields are not used any more."""
    return Attrs() if options is None else Attrs(options.boolean(2), options.boolean(3))


constraint_inputs = input_and_size


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with the same scale and zero point."""
    tensor, output = graph.input(op, 0), graph.output(op)
    return wrong_int8(tensor, output) or wrong_same_quant(tensor, output)


constraint_size = constant_size


def constraint_options(op: Op, graph: Graph) -> str | None:
    """Corners must not be aligned where pixels have their centres in the middle."""
    both = op.attrs.align_corners and op.attrs.half_pixel_centers
    return "align_corners and half_pixel_centers" if both else None


def constraint_sources(op: Op, graph: Graph) -> str | None:
    """No row or column may be computed from one behind the input, as rounding makes it where an
    input is enlarged very much.
    """
    for axis, extent in enumerate(size_of(op, graph)):
        given = graph.input(op, 0).shape[1 + axis]
        lower, _, _ = _sources(op, given, extent)
        if int(lower.max()) >= given:
            return f"{given} {('rows', 'columns')[axis]} become {extent}"
    return None


def _steps(op: Op, given: int, extent: int) -> tuple[int, int]:
    """How far the position in the input moves per output row or column, and where it starts."""
    if op.attrs.align_corners and extent > 1:
        given, extent = given - 1, extent - 1
    step = ((given << BITS) + extent // 2) // extent
    start = step // 2 - (1 << (BITS - 1)) if op.attrs.half_pixel_centers else 0
    return step, start


def _sources(op: Op, given: int, extent: int) -> tuple[Int64, Int64, Int64]:
    """Per output row or column: the two of the input it lies between, and the second's weight."""
    step, start = _steps(op, given, extent)
    at: Int64 = np.arange(extent, dtype=np.int64) * step + start
    lower = np.maximum(at >> BITS, 0)
    upper = np.minimum(-(-at >> BITS), given - 1)
    return lower, upper, at - (lower << BITS)


infer_shape = resized_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The four pixels around each position, weighted, then rounded, ties away from zero."""
    values = inputs[0]
    assert values is not None
    x, one = values.astype(np.int64), 1 << BITS
    size = size_of(op, graph)
    top, bottom, down = _sources(op, x.shape[1], size[0])
    left, right, along = _sources(op, x.shape[2], size[1])
    down, along = down[:, None, None], along[:, None]
    above = x[:, top][:, :, left] * (one - along) + x[:, top][:, :, right] * along
    below = x[:, bottom][:, :, left] * (one - along) + x[:, bottom][:, :, right] * along
    total = above * (one - down) + below * down
    half = 1 << (2 * BITS - 1)
    magnitude = (np.abs(total) + half) >> (2 * BITS)
    result: Array = (np.sign(total) * magnitude).astype(np.int8)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    batches, height, width, channels = graph.input(op, 0).shape
    size = size_of(op, graph)
    (step_h, start_h), (step_w, start_w) = (
        _steps(op, given, extent) for given, extent in zip((height, width), size, strict=True)
    )
    params = (
        ("batches", batches),
        ("input_h", height),
        ("input_w", width),
        ("channels", channels),
        ("output_h", size[0]),
        ("output_w", size[1]),
        ("step_h", step_h),
        ("step_w", step_w),
        ("start_h", start_h),
        ("start_w", start_w),
    )
    return KernelChoice("resize_bilinear", "s8", (KernelCall(params),))


macs = no_macs

"""RESIZE_NEAREST_NEIGHBOR: rows and columns repeated; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._resize import constant_size, input_and_size, resized_shape, size_of
from edgekit.ops._strided import Loop, copy_kernel
from edgekit.ops._usual import copied_quantization, copied_types, no_macs
from edgekit.targets import Target

TFLITE_CODE = 97


@dataclass(frozen=True, slots=True)
class Attrs:
    """ResizeNearestNeighborOptions of the TFLite schema."""

    align_corners: bool = False
    half_pixel_centers: bool = False


def parse(options: Table | None) -> Attrs:
    """Read ResizeNearestNeighborOptions."""
    return Attrs() if options is None else Attrs(options.boolean(0), options.boolean(1))


constraint_inputs = input_and_size
constraint_types = copied_types
constraint_quantization = copied_quantization
constraint_size = constant_size


def constraint_repeats(op: Op, graph: Graph) -> str | None:
    """Every row must be repeated equally often, and every column."""
    for axis, extent in enumerate(size_of(op, graph)):
        given = graph.input(op, 0).shape[1 + axis]
        even = np.arange(extent) // max(extent // given, 1)
        if extent % given or not np.array_equal(_sources(op, given, extent), even):
            return f"{given} {('rows', 'columns')[axis]} become {extent}"
    return None


def _sources(op: Op, given: int, extent: int) -> npt.NDArray[np.int64]:
    """Which row or column of `given` each of `extent` is, in float32 as TFLite Micro does it."""
    attrs: Attrs = op.attrs
    corners = attrs.align_corners and extent > 1
    ratio = np.float32(given - corners) / np.float32(extent - corners)
    offset = np.float32(0.5 if attrs.half_pixel_centers else 0.0)
    at = (np.arange(extent).astype(np.float32) + offset) * ratio
    # C's round() of what is not negative, without a sum that could round by itself.
    whole = np.floor(at)
    near = whole + (at - whole >= 0.5) if attrs.align_corners else whole
    sources: npt.NDArray[np.int64] = np.clip(near.astype(np.int64), 0, given - 1)
    return sources


infer_shape = resized_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Rows, then columns, each from its source."""
    values = inputs[0]
    assert values is not None
    rows, columns = (
        _sources(op, given, extent)
        for given, extent in zip(values.shape[1:3], size_of(op, graph), strict=True)
    )
    return np.ascontiguousarray(values[:, rows][:, :, columns])


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    batches, height, width, channels = graph.input(op, 0).shape
    size = size_of(op, graph)
    row = width * channels
    loops = [
        Loop(batches, height * row),
        *(Loop(height, row), Loop(size[0] // height, 0)),
        *(Loop(width, channels), Loop(size[1] // width, 0)),
        Loop(channels, 1),
    ]
    return copy_kernel(op, graph, loops)


macs = no_macs

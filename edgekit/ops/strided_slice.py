"""STRIDED_SLICE: elements from a begin to an end, all constant; int8, int16 or float32.

It is numpy's x[begin:end:stride] with masks for what is left out in the brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import (
    constants,
    copy_kernel,
    slice_loops,
    sliced,
    wrong_indices,
)
from edgekit.ops._usual import copied_quantization, copied_types, no_macs
from edgekit.targets import Target

TFLITE_CODE = 45


@dataclass(frozen=True, slots=True)
class Attrs:
    """StridedSliceOptions of the TFLite schema; of the masks, bit i is that of axis i."""

    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0
    offset: bool = False


def parse(options: Table | None) -> Attrs:
    """Read StridedSliceOptions."""
    if options is None:
        return Attrs()
    begin, end, ellipsis, new_axis, shrink = (options.int32(field) for field in range(5))
    return Attrs(begin, end, ellipsis, new_axis, shrink, options.boolean(5))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have four inputs, of which the last three are begin, end and strides."""
    return wrong_inputs(op, 4)


constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_indices(op: Op, graph: Graph) -> str | None:
    """Begin, end and strides must be constant int32, one per axis, of at most 4 axes."""
    rank = len(graph.input(op, 0).shape)
    return f"{rank} axes" if rank > 4 else wrong_indices(op, graph, 1, 2, 3)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """There must be neither an ellipsis nor new axes, and the end must not be an offset."""
    attrs = op.attrs
    if attrs.ellipsis_mask or attrs.new_axis_mask:
        return f"ellipsis_mask {attrs.ellipsis_mask} and new_axis_mask {attrs.new_axis_mask}"
    return "an end that is an offset" if attrs.offset else None


def constraint_part(op: Op, graph: Graph) -> str | None:
    """Every axis must have a stride and elements left; one that goes has a begin within it."""
    shape = graph.input(op, 0).shape
    begins, strides = constants(op, graph, 1), constants(op, graph, 3)
    for axis, size in enumerate(shape):
        if strides[axis] == 0:
            return f"the stride 0 of axis {axis}"
        goes = op.attrs.shrink_axis_mask >> axis & 1
        if goes and (op.attrs.begin_mask >> axis & 1 or not -size <= begins[axis] < size):
            return f"the begin {begins[axis]} of axis {axis}, of {size}, which goes"
        if goes and strides[axis] < 0:
            return f"the stride {strides[axis]} of axis {axis}, which goes"
    found = _slices(op, graph)
    empty = [a for a, size in enumerate(shape) if not len(range(*found[a].indices(size)))]
    return f"nothing is left of axis {empty[0]} of {shape}" if empty else None


def _slices(op: Op, graph: Graph) -> list[slice]:
    attrs, found = op.attrs, []
    indices = zip(*(constants(op, graph, i) for i in (1, 2, 3)), strict=True)
    for axis, (begin, end, stride) in enumerate(indices):
        if attrs.shrink_axis_mask >> axis & 1:
            first = begin % graph.input(op, 0).shape[axis]
            found.append(slice(first, first + 1))
            continue
        first = None if attrs.begin_mask >> axis & 1 else begin
        last = None if attrs.end_mask >> axis & 1 else end
        found.append(slice(first, last, stride))
    return found


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """What is left of the axes that stay."""
    shape = graph.input(op, 0).shape
    return tuple(
        len(range(*each.indices(shape[axis])))
        for axis, each in enumerate(_slices(op, graph))
        if not op.attrs.shrink_axis_mask >> axis & 1
    )


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own."""
    return sliced(inputs[0], _slices(op, graph), infer_shape(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return copy_kernel(op, graph, *slice_loops(op, graph, _slices(op, graph)))


macs = no_macs

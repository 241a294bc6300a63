"""UNPACK: the elements of an axis, which goes, each by a STRIDED_SLICE; int8, int16 or float32."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ops import strided_slice
from edgekit.ops._parts import (
    Part,
    part_quantization,
    part_types,
    wrong_operands,
    wrong_part_shapes,
)

TFLITE_CODE = 88

_SOURCE = 0
_MAX_RANK = 4


@dataclass(frozen=True, slots=True)
class Attrs:
    """UnpackOptions of the TFLite schema."""

    num: int = 0
    axis: int = 0


def parse(options: Table | None) -> Attrs:
    """Read UnpackOptions."""
    return Attrs() if options is None else Attrs(options.int32(0), options.int32(1))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input, and as many outputs as it says."""
    return wrong_operands(op, 1, op.attrs.num)


constraint_types = part_types(_SOURCE)
constraint_quantization = part_quantization(_SOURCE)


def constraint_parts(op: Op, graph: Graph) -> str | None:
    """The axis must be one of at most 4, with an element per output, whose shape is without it."""
    shape, axis = graph.input(op, _SOURCE).shape, op.attrs.axis
    rank, count = len(shape), len(op.outputs)
    if rank > _MAX_RANK or not -rank <= axis < rank or shape[axis] != count:
        return f"the axis {axis} of {shape} for {count} outputs"
    return wrong_part_shapes(op, graph, parts(op, graph))


def parts(op: Op, graph: Graph) -> list[Part]:
    """A STRIDED_SLICE per output."""
    shape = graph.input(op, _SOURCE).shape
    axis = op.attrs.axis % len(shape)
    attrs = strided_slice.Attrs(shrink_axis_mask=1 << axis)
    left = (*shape[:axis], *shape[axis + 1 :])
    found = []
    for position in range(len(op.outputs)):
        begins = tuple(position if i == axis else 0 for i in range(len(shape)))
        ends = tuple(position + 1 if i == axis else extent for i, extent in enumerate(shape))
        operands = (begins, ends, (1,) * len(shape))
        found.append(Part("STRIDED_SLICE", _SOURCE, operands, attrs, left))
    return found

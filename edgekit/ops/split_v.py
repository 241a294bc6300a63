"""SPLIT_V: parts of given sizes along an axis, each by a SLICE; int8, int16 or float32."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_dtype
from edgekit.ops._parts import (
    Part,
    axis_input,
    axis_of,
    part_quantization,
    part_types,
    sliced_parts,
    wrong_operands,
    wrong_part_shapes,
)
from edgekit.ops._strided import constants

TFLITE_CODE = 102

_SOURCE, _SIZES, _AXIS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Attrs:
    """SplitVOptions of the TFLite schema."""

    num_splits: int = 0


def parse(options: Table | None) -> Attrs:
    """Read SplitVOptions."""
    return Attrs() if options is None else Attrs(options.int32(0))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have three inputs, of which the last two are sizes and axis, and as many
    outputs as it says.
    """
    return wrong_operands(op, 3, op.attrs.num_splits)


constraint_types = part_types(_SOURCE)
constraint_quantization = part_quantization(_SOURCE)
constraint_axis = axis_input(_AXIS, _SOURCE)


def constraint_parts(op: Op, graph: Graph) -> str | None:
    """The sizes must be constant int32, one per output, together the axis; one of -1 stands for
    the rest. The outputs must have the parts' shapes.
    """
    tensor = graph.input(op, _SIZES)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the sizes {tensor.name!r} are computed at run time"
    extent = graph.input(op, _SOURCE).shape[axis_of(op, graph, _AXIS, _SOURCE)]
    given, sizes = constants(op, graph, _SIZES), _sizes(op, graph)
    fits = len(sizes) == len(op.outputs) and min(sizes) >= 1 and sum(sizes) == extent
    if not fits or given.count(-1) > 1:
        return f"the sizes {list(given)} of {extent} for {len(op.outputs)} outputs"
    return wrong_part_shapes(op, graph, parts(op, graph))


def _sizes(op: Op, graph: Graph) -> list[int]:
    """The sizes, with what is left in the place of -1."""
    given = constants(op, graph, _SIZES)
    rest = graph.input(op, _SOURCE).shape[axis_of(op, graph, _AXIS, _SOURCE)] - sum(
        s for s in given if s != -1
    )
    return [rest if size == -1 else size for size in given]


def parts(op: Op, graph: Graph) -> list[Part]:
    """A SLICE per output."""
    return sliced_parts(op, graph, _SOURCE, axis_of(op, graph, _AXIS, _SOURCE), _sizes(op, graph))

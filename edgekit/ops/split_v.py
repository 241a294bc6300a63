"""SPLIT_V: parts of given sizes along an axis, each by a SLICE; int8, int16 or float32."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_dtype
from edgekit.ops._parts import (
    Part,
    sliced_parts,
    wrong_axis_input,
    wrong_operands,
    wrong_part_quantization,
    wrong_part_shapes,
    wrong_part_types,
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


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and outputs must all be int8, all int16 or all float32."""
    return wrong_part_types(op, graph, _SOURCE)


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and outputs must have the same scale and zero point."""
    return wrong_part_quantization(op, graph, _SOURCE)


def constraint_axis(op: Op, graph: Graph) -> str | None:
    """The axis must be one constant int32, one of the input's, which has at most 5."""
    return wrong_axis_input(op, graph, _AXIS, _SOURCE)


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
    extent = graph.input(op, _SOURCE).shape[_axis(op, graph)]
    given, sizes = constants(op, graph, _SIZES), _sizes(op, graph)
    fits = len(sizes) == len(op.outputs) and min(sizes) >= 1 and sum(sizes) == extent
    if not fits or given.count(-1) > 1:
        return f"the sizes {list(given)} of {extent} for {len(op.outputs)} outputs"
    return wrong_part_shapes(op, graph, parts(op, graph))


def _axis(op: Op, graph: Graph) -> int:
    return constants(op, graph, _AXIS)[0] % len(graph.input(op, _SOURCE).shape)


def _sizes(op: Op, graph: Graph) -> list[int]:
    """The sizes, with what is left in the place of -1."""
    given = constants(op, graph, _SIZES)
    rest = graph.input(op, _SOURCE).shape[_axis(op, graph)] - sum(s for s in given if s != -1)
    return [rest if size == -1 else size for size in given]


def parts(op: Op, graph: Graph) -> list[Part]:
    """A SLICE per output."""
    return sliced_parts(op, graph, _SOURCE, _axis(op, graph), _sizes(op, graph))

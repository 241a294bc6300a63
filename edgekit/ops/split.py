"""SPLIT: equal parts along an axis, each by a SLICE; int8, int16 or float32."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
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

TFLITE_CODE = 49

_AXIS, _SOURCE = 0, 1


@dataclass(frozen=True, slots=True)
class Attrs:
    """SplitOptions of the TFLite schema."""

    num_splits: int = 0


def parse(options: Table | None) -> Attrs:
    """Read SplitOptions."""
    return Attrs() if options is None else Attrs(options.int32(0))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the first one is the axis, and as many outputs as it
    says.
    """
    return wrong_operands(op, 2, op.attrs.num_splits)


constraint_types = part_types(_SOURCE)
constraint_quantization = part_quantization(_SOURCE)
constraint_axis = axis_input(_AXIS, _SOURCE)


def constraint_parts(op: Op, graph: Graph) -> str | None:
    """The axis must have as many equal parts as there are outputs, and these the parts' shapes."""
    shape, count = graph.input(op, _SOURCE).shape, len(op.outputs)
    extent = shape[axis_of(op, graph, _AXIS, _SOURCE)]
    if extent % count:
        return f"{extent} elements for {count} outputs"
    return wrong_part_shapes(op, graph, parts(op, graph))


def parts(op: Op, graph: Graph) -> list[Part]:
    """A SLICE per output."""
    axis, count = axis_of(op, graph, _AXIS, _SOURCE), len(op.outputs)
    sizes = [graph.input(op, _SOURCE).shape[axis] // count] * count
    return sliced_parts(op, graph, _SOURCE, axis, sizes)

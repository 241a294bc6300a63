"""SPLIT: equal parts along an axis, each by a SLICE; int8, int16 or float32."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
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
    """The axis must have as many equal parts as there are outputs, and these the parts' shapes."""
    shape, count = graph.input(op, _SOURCE).shape, len(op.outputs)
    extent = shape[_axis(op, graph)]
    if extent % count:
        return f"{extent} elements for {count} outputs"
    return wrong_part_shapes(op, graph, parts(op, graph))


def _axis(op: Op, graph: Graph) -> int:
    return constants(op, graph, _AXIS)[0] % len(graph.input(op, _SOURCE).shape)


def parts(op: Op, graph: Graph) -> list[Part]:
    """A SLICE per output."""
    axis, count = _axis(op, graph), len(op.outputs)
    sizes = [graph.input(op, _SOURCE).shape[axis] // count] * count
    return sliced_parts(op, graph, _SOURCE, axis, sizes)

"""SQUEEZE: the same bytes without axes of 1; nothing is computed or copied."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ops._usual import copied_quantization, copied_types, no_macs, one_input
from edgekit.ops._view import always_aliases, no_call, view_reference

TFLITE_CODE = 43


@dataclass(frozen=True, slots=True)
class Attrs:
    """SqueezeOptions of the TFLite schema; no axes mean all of 1."""

    squeeze_dims: tuple[int, ...] = ()


def parse(options: Table | None) -> Attrs:
    """Read SqueezeOptions."""
    axes = None if options is None else options.array(0, "<i4")
    return Attrs() if axes is None else Attrs(tuple(int(axis) for axis in axes))


constraint_inputs = one_input
constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_axes(op: Op, graph: Graph) -> str | None:
    """The axes that go must be there and have one element."""
    shape = graph.input(op, 0).shape
    for axis in op.attrs.squeeze_dims:
        if not -len(shape) <= axis < len(shape) or shape[axis] != 1:
            return f"axis {axis} of {shape}"
    return None


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's without the axes."""
    shape = graph.input(op, 0).shape
    gone = {axis % len(shape) for axis in op.attrs.squeeze_dims}
    return tuple(
        size for axis, size in enumerate(shape) if (axis not in gone if gone else size != 1)
    )


reference = view_reference
aliases = always_aliases
kernel = no_call
macs = no_macs

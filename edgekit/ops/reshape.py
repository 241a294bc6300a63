"""RESHAPE: the same bytes under another shape; nothing is computed or copied."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_inputs
from edgekit.ops._usual import copied_quantization, copied_types, no_macs
from edgekit.ops._view import always_aliases, no_call, view_reference

TFLITE_CODE = 22


@dataclass(frozen=True, slots=True)
class Attrs:
    """ReshapeOptions of the TFLite schema; used where there is no second input."""

    new_shape: tuple[int, ...] = ()


def parse(options: Table | None) -> Attrs:
    """Read ReshapeOptions."""
    shape = None if options is None else options.array(0, "<i4")
    return Attrs() if shape is None else Attrs(tuple(int(d) for d in shape))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input, or two of which the second one is the shape."""
    return None if wrong_inputs(op, 1) is None else wrong_inputs(op, 2)


constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_shape(op: Op, graph: Graph) -> str | None:
    """The shape must be a constant and fit the number of elements; -1 stands for what is left."""
    operand = graph.optional_input(op, 1)
    if operand is not None and not operand.is_const:
        return f"the shape {operand.name!r} is computed at run time"
    if operand is not None and operand.dtype is not DType.INT32:
        return f"the shape {operand.name!r} is {operand.dtype.value}"
    wanted = _wanted(op, graph)
    known = math.prod(d for d in wanted if d != -1)
    size = graph.input(op, 0).size
    fits = known == size if -1 not in wanted else known > 0 and size % known == 0
    if any(d < -1 for d in wanted) or wanted.count(-1) > 1 or not fits:
        return f"the shape {wanted} for {size} elements"
    return None


def _wanted(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape as the model has it, which may have a -1 in it."""
    operand = graph.optional_input(op, 1)
    if operand is None:
        attrs: Attrs = op.attrs
        # Old files say [0] for a scalar.
        return () if attrs.new_shape == (0,) else attrs.new_shape
    assert operand.data is not None
    return tuple(int(d) for d in operand.data.reshape(-1))


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape asked for, with what is left in the place of -1."""
    wanted = _wanted(op, graph)
    known = math.prod(d for d in wanted if d != -1)
    return tuple(graph.input(op, 0).size // known if d == -1 else d for d in wanted)


reference = view_reference
aliases = always_aliases
kernel = no_call
macs = no_macs

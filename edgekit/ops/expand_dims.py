"""EXPAND_DIMS: the same bytes with one more axis; nothing is computed or copied."""

from __future__ import annotations

from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_dtype, wrong_inputs
from edgekit.ops._strided import constants
from edgekit.ops._usual import NoAttrs, copied_quantization, copied_types, no_macs, no_options
from edgekit.ops._view import always_aliases, no_call, view_reference

TFLITE_CODE = 70

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the axis."""
    return wrong_inputs(op, 2)


constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_axis(op: Op, graph: Graph) -> str | None:
    """The axis must be one constant int32, and at most one behind the last."""
    tensor, rank = graph.input(op, 1), len(graph.input(op, 0).shape)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the axis {tensor.name!r} is computed at run time"
    axes = constants(op, graph, 1)
    if len(axes) != 1 or not -rank - 1 <= axes[0] <= rank:
        return f"the axes {list(axes)} of {rank} dimensions"
    return None


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's with an axis of 1."""
    shape = graph.input(op, 0).shape
    at = constants(op, graph, 1)[0] % (len(shape) + 1)
    return (*shape[:at], 1, *shape[at:])


reference = view_reference
aliases = always_aliases
kernel = no_call
macs = no_macs

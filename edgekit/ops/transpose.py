"""TRANSPOSE: dimensions in another order; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_dtype, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import (
    Loop,
    copy_kernel,
    wrong_copy_loops,
)
from edgekit.ops._usual import NoAttrs, copied_quantization, copied_types, no_macs, no_options
from edgekit.targets import Target

TFLITE_CODE = 39

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the order."""
    return wrong_inputs(op, 2)


constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_order(op: Op, graph: Graph) -> str | None:
    """The order must be constant int32 and have each of at most 5 dimensions once."""
    tensor, rank = graph.input(op, 1), len(graph.input(op, 0).shape)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the order {tensor.name!r} is computed at run time"
    order = tensor.data.ravel().tolist()
    if rank > 5 or sorted(order) != list(range(rank)):
        return f"the order {order} of {rank} dimensions"
    return None


def constraint_loops(op: Op, graph: Graph) -> str | None:
    """The copy must take at most 4 loops around runs of neighbouring elements."""
    return wrong_copy_loops(_loops(op, graph))


def _order(op: Op, graph: Graph) -> tuple[int, ...]:
    data = graph.input(op, 1).data
    assert data is not None
    return tuple(int(axis) for axis in data.ravel())


def _loops(op: Op, graph: Graph) -> list[Loop]:
    shape = graph.input(op, 0).shape
    steps = [int(np.prod(shape[axis + 1 :], dtype=np.int64)) for axis in range(len(shape))]
    return [Loop(shape[axis], steps[axis]) for axis in _order(op, graph)]


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's extents in their new order."""
    shape = graph.input(op, 0).shape
    return tuple(shape[axis] for axis in _order(op, graph))


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own."""
    values = inputs[0]
    assert values is not None
    return np.ascontiguousarray(values.transpose(_order(op, graph)))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return copy_kernel(op, graph, _loops(op, graph))


macs = no_macs

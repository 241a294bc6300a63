"""TRANSPOSE: dimensions in another order; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_dtype, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import (
    Loop,
    copy_kernel,
    wrong_copy_loops,
    wrong_copy_quant,
    wrong_copy_types,
)
from edgekit.targets import Target

TFLITE_CODE = 39


@dataclass(frozen=True, slots=True)
class Attrs:
    """TransposeOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the order."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8, both int16 or both float32."""
    return wrong_copy_types(op, graph)


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and output must have the same scale and zero point."""
    return wrong_copy_quant(op, graph)


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


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0

"""What RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR share: options, and the new height and width."""

from __future__ import annotations

from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_dtype, wrong_inputs
from edgekit.ops._strided import constants


def input_and_size(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the new size."""
    return wrong_inputs(op, 2)


def constant_size(op: Op, graph: Graph) -> str | None:
    """The size must be constant int32, height and width, for an input of 4 dimensions."""
    tensor, shape = graph.input(op, 1), graph.input(op, 0).shape
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the size {tensor.name!r} is computed at run time"
    if tensor.shape != (2,) or int(tensor.data.min()) < 1 or len(shape) != 4:
        return f"the size {tensor.data.tolist()} of the shape {shape}"
    return None


def size_of(op: Op, graph: Graph) -> tuple[int, int]:
    """The new height and width."""
    height, width = constants(op, graph, 1)
    return height, width


def resized_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's, with the new height and width."""
    shape = graph.input(op, 0).shape
    return (shape[0], *size_of(op, graph), shape[3])

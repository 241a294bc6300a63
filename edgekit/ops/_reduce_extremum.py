"""What REDUCE_MAX and REDUCE_MIN share: one of the int8 values along one or two axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._reduction import axes_of, reduced_blocks, reduced_shape, wrong_reduced


def reduced_extremum_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8 of one scale and zero point, the input of 1 to 5 dimensions."""
    tensor, output = graph.input(op, 0), graph.output(op)
    found = wrong_int8(tensor, output) or wrong_same_quant(tensor, output)
    return found or wrong_reduced(op, graph)


def reduced_extremum(
    op: Op, graph: Graph, inputs: Sequence[Array | None], *, largest: bool
) -> Array:
    """numpy's own: the order of the values is that of what they stand for."""
    values = inputs[0]
    assert values is not None
    found: Array = (np.max if largest else np.min)(values, axis=axes_of(op, graph))
    return found.reshape(reduced_shape(op, graph))


def reduce_extremum_kernel(op: Op, graph: Graph, *, largest: bool) -> KernelChoice:
    """The kernel: the largest or the smallest value."""
    params = (*reduced_blocks(op, graph), ("largest", largest))
    return KernelChoice("reduce_extremum", "s8", (KernelCall(params),))

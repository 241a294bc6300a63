"""What REDUCE_MAX and REDUCE_MIN share: one of the int8 values along one or two axes."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._reduction import reduced_blocks, wrong_reduced


def reduced_extremum_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8 of one scale and zero point, the input of 1 to 5 dimensions."""
    tensor, output = graph.input(op, 0), graph.output(op)
    found = wrong_int8(tensor, output) or wrong_same_quant(tensor, output)
    return found or wrong_reduced(op, graph)


def reduce_extremum_kernel(op: Op, graph: Graph, *, largest: bool) -> KernelChoice:
    """The kernel: the largest or the smallest value."""
    params = (*reduced_blocks(op, graph), ("largest", largest))
    return KernelChoice("reduce_extremum", "s8", (KernelCall(params),))

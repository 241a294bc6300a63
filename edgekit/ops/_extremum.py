"""What MAXIMUM and MINIMUM share: one of two int8 values of one quantization, with broadcasting."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.ops._broadcast import loop_params
from edgekit.ops._elementwise import wrong_int8, wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead


def extremum_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must be int8, with one scale and zero point for all three."""
    tensors, output = (graph.input(op, 0), graph.input(op, 1)), graph.output(op)
    found = wrong_int8(*tensors, output)
    return found or next(filter(None, (wrong_same_quant(t, output) for t in tensors)), None)


def extremum_kernel(op: Op, graph: Graph, *, largest: bool) -> KernelChoice:
    """The kernel: the larger or the smaller of two values."""
    params = (*loop_params(op, graph), ("largest", largest))
    in_place = (*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1))
    return KernelChoice("extremum", "s8", (KernelCall(params, inputs=(0, 1)),), in_place=in_place)

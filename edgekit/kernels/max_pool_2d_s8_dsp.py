"""MAX_POOL_2D for cores with the DSP extension: four channels in two instructions."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_pool import pool_variant
from edgekit.ops import max_pool_2d
from edgekit.ops._common import INT8_MAX, activation_range, quant_of
from edgekit.ops._kernel import KernelChoice
from edgekit.targets import Target

OP = "MAX_POOL_2D"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """From 4 channels on, where no activation clamps from above."""
    _, high = activation_range(op.attrs.fused_activation_function, quant_of(graph.output(op)))
    if high != INT8_MAX:
        return None
    return pool_variant(max_pool_2d.kernel(op, graph, target), op, graph, 3, 7)

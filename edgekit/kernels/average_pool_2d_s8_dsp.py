"""AVERAGE_POOL_2D for cores with the DSP extension: four sums of 16 bits at a time."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_pool import pool_variant
from edgekit.ops import average_pool_2d
from edgekit.ops._kernel import KernelChoice
from edgekit.targets import Target

OP = "AVERAGE_POOL_2D"
REQUIRES = frozenset({"dsp"})

# So many values of -128 fit 16 bits.
_MAX_POSITIONS = 256


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """From 4 channels on, with windows of up to 256 positions."""
    _, height, width, _ = graph.input(op, 0).shape
    if min(op.attrs.filter_height, height) * min(op.attrs.filter_width, width) > _MAX_POSITIONS:
        return None
    return pool_variant(average_pool_2d.kernel(op, graph, target), op, graph, 3.5, 110)

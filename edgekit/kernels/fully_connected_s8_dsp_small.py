"""FULLY_CONNECTED on cores with the DSP extension by the body of the small convolution.

A row is a pixel. The body computes three pixels at a time, so that a single row takes about three
times the instructions of a kernel of its own, and no code.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_small import convolution, geometry_of_rows
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """No weight of -128, requantization proven."""
    depth = graph.input(op, 1).shape[1]
    geometry = geometry_of_rows(op, graph)
    return convolution(op, graph, geometry, [*range(depth), *[-1] * (-depth % 8)])

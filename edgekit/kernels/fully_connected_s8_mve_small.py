"""FULLY_CONNECTED on cores with MVE by the body of the small convolution.

A row is a pixel. The body computes four pixels at a time, so that a single row takes up to four
times the instructions of a kernel of its own, and no code.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_small import geometry_of_rows
from edgekit.kernels._mve_small import convolution, small_sums
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """An even number of units, scales below 1, biases of 24 bits."""
    return convolution(small_sums(op, graph), geometry_of_rows(op, graph))

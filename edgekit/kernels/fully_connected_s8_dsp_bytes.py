"""FULLY_CONNECTED on cores with the DSP extension, weights in 8 bits, input read as it is.

It takes about 15 % more instructions than the kernel that widens the input once, and none of its
scratch: in an autoencoder that scratch is most of the arena.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels import _dsp_fully_connected
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Rows of a multiple of 8 inputs and of 4 units, proven; short rows only on a core with MVE."""
    units, depth = graph.input(op, 1).shape
    if depth % 8 or units % 4:
        return None
    return _dsp_fully_connected.choose(op, graph, target, packed=True, widens=False)

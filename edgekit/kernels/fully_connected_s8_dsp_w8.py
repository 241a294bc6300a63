"""FULLY_CONNECTED on cores with the DSP extension, weights in 8 bits: half of the flash."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels import _dsp_fully_connected
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Wherever requantization is proven; short rows only on a core with MVE."""
    return _dsp_fully_connected.choose(op, graph, target, packed=True)

"""MEAN over adjacent positions for cores with the DSP extension: four 16-bit sums at a time."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.ops import mean
from edgekit.ops._kernel import Cost, KernelChoice
from edgekit.targets import Target

OP = "MEAN"
REQUIRES = frozenset({"dsp"})

_LANES = 4
# So many values of -128 fit 16 bits.
_MAX_POSITIONS = 256


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Over up to 256 positions with at least 4 channels behind the axes, which are adjacent."""
    portable = mean.kernel(op, graph, target)
    params = dict(portable.calls[0].params)
    outer, first, middle, second, inner = (
        int(str(params[key])) for key in ("outer", "reduced_1", "middle", "reduced_2", "inner")
    )
    if middle != 1 or inner < _LANES or first * second > _MAX_POSITIONS:
        return None
    words = outer * -(-inner // _LANES)
    cost = Cost(words * (3.5 * first * second + 90), 300)
    return dataclasses.replace(portable, variant="s8_dsp", cost=cost)

"""MEAN on cores with MVE: 8 channels at a time, or 16 elements of a run."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.ops import KernelChoice, mean
from edgekit.ops._kernel import Cost
from edgekit.targets import Target

OP = "MEAN"
REQUIRES = frozenset({"mve"})

_LANES = 8
_RUN = 16


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Always."""
    portable = mean.kernel(op, graph, target)
    params = dict(portable.calls[0].params)
    outer, first, middle, second, inner = (
        int(str(params[key])) for key in ("outer", "reduced_1", "middle", "reduced_2", "inner")
    )
    if inner == 1:
        each = 40 + first * -(-second // _RUN) * 6.0
    else:
        each = -(-inner // _LANES) * (40 + 2.5 * first * second)
    return dataclasses.replace(portable, variant="s8_mve", cost=Cost(outer * middle * each, 350))

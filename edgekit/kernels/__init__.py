"""Faster kernels, one variant a file, and the choice among them.

The portable kernel of every op is named by the op itself (edgekit/ops). A variant's module has:

- `OP`: TFLite's name of the operator that it computes, e.g. `CONV_2D`;
- `REQUIRES`: features that the core must have (targets/cores), e.g. `{"dsp"}`;
- `WEIGHTS`, optional: the type of weights that it takes, where that is not int8;
- `choose(op, graph, target)`: a KernelChoice with its `cost`, or None where it does not apply.

A variant has the same result as the portable kernel, bit by bit, for every input; its C is
firmware_templates/kernels/<op>/ek_<op>_<variant>.h.
"""

from __future__ import annotations

import functools
from typing import Protocol, cast

from edgekit import ops, registry
from edgekit.ir import DType, Graph, Op
from edgekit.ir.graph import ABSENT
from edgekit.kernels._goal import Goal, better
from edgekit.ops import KernelChoice
from edgekit.targets import Target

__all__ = ["Goal", "Variant", "candidates", "portable", "select"]


class Variant(Protocol):
    """What every module of this package offers."""

    OP: str
    REQUIRES: frozenset[str]

    def choose(self, op: Op, graph: Graph, target: Target) -> KernelChoice | None:
        """The kernel for an op, or None where it does not apply."""


@functools.cache
def _variants() -> tuple[Variant, ...]:
    return tuple(cast(Variant, module) for module in registry.load_all(__name__).values())


def candidates(op: Op, graph: Graph, target: Target) -> list[KernelChoice]:
    """Every kernel that computes an op on a target; the portable one is the first."""
    found = [ops.find(op.kind).kernel(op, graph, target)]
    for variant in _variants():
        fits = op.kind == variant.OP and target.core.features >= variant.REQUIRES
        if fits and _takes_weights(variant, op, graph):
            choice = variant.choose(op, graph, target)
            if choice is not None:
                found.append(choice)
    return found


def _takes_weights(variant: Variant, op: Op, graph: Graph) -> bool:
    """Whether the weights, where the op has any, are of the variant's type."""
    wanted = getattr(variant, "WEIGHTS", DType.INT8)
    packed = any(i != ABSENT and graph.tensors[i].dtype is DType.INT4 for i in op.inputs)
    return (wanted is DType.INT4) == packed


def portable(op: Op, graph: Graph, target: Target, goal: Goal = Goal.BALANCED) -> KernelChoice:
    """The op's own kernel, whatever faster ones there are: known at once, the same everywhere."""
    return ops.find(op.kind).kernel(op, graph, target)


def select(op: Op, graph: Graph, target: Target, goal: Goal) -> KernelChoice:
    """The best kernel for an op, by the goal's rule."""
    return functools.reduce(
        lambda a, b: b if better(b, a, goal) else a, candidates(op, graph, target)
    )

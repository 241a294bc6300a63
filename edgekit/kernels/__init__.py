"""Faster kernels, one variant a file, and the choice among them.

The portable kernel of every op is named by the op itself (edgekit/ops). A variant's module has:

- `OP`: TFLite's name of the operator that it computes, e.g. `CONV_2D`;
- `REQUIRES`: features that the core must have (targets/cores), e.g. `{"dsp"}`;
- `WEIGHTS`, optional: the type of weights that it takes, where that is not int8;
- `VALUES`, optional: the type of inputs and outputs, where that is not int8;
- `LAYOUTS`, optional: true where its input or output does not lie as NHWC (`KernelChoice.reads`,
  `writes`), so that only its neighbours decide whether it can be used;
- `choose(op, graph, target)`: a KernelChoice with its `cost`, or None where it does not apply. The
  docstring's first line says where it does: that is what a user reads who asks why not.

A variant has the same result as the portable kernel, bit by bit, for every input; its C is
firmware_templates/kernels/<op>/ek_<op>_<variant>.h.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Protocol, cast

from edgekit import ops, registry
from edgekit.ir import DType, Graph, Op
from edgekit.ir.graph import ABSENT
from edgekit.kernels._codebook import coded, sharers
from edgekit.kernels._goal import Goal, best, code_bytes, constant_bytes, flash_bytes, price
from edgekit.ops import KernelChoice
from edgekit.targets import Target

__all__ = [
    "Considered",
    "Goal",
    "Variant",
    "best",
    "candidates",
    "code_bytes",
    "coded",
    "constant_bytes",
    "flash_bytes",
    "portable",
    "price",
    "sharers",
    "survey",
    "with_function",
    "with_layouts",
]


class Variant(Protocol):
    """What every module of this package offers."""

    OP: str
    REQUIRES: frozenset[str]

    def choose(self, op: Op, graph: Graph, target: Target) -> KernelChoice | None:
        """The kernel for an op, or None where it does not apply."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A variant that computes an op of this kind.

    Attributes:
        variant: its module's name, or `portable`.
        choice: None where it is refused.
        refusal: why, in words; empty where it applies.
        faster: whether it needs features that the core has, and not every core.
    """

    variant: str
    choice: KernelChoice | None
    refusal: str = ""
    faster: bool = False


@functools.cache
def _variants() -> dict[str, Variant]:
    return {name: cast(Variant, each) for name, each in registry.load_all(__name__).items()}


def survey(op: Op, graph: Graph, target: Target) -> tuple[Considered, ...]:
    """Every kernel from NHWC to NHWC that might compute an op; the portable one is the first."""
    own = Considered("portable", ops.find(op.kind).kernel(op, graph, target))
    return (own, *_surveyed(op, graph, target, layouts=False))


def with_layouts(op: Op, graph: Graph, target: Target) -> tuple[Considered, ...]:
    """Every kernel that might compute an op from or to another layout than NHWC."""
    return _surveyed(op, graph, target, layouts=True)


def _surveyed(op: Op, graph: Graph, target: Target, *, layouts: bool) -> tuple[Considered, ...]:
    found = []
    for name, variant in _variants().items():
        if op.kind != variant.OP or getattr(variant, "LAYOUTS", False) != layouts:
            continue
        missing = sorted(variant.REQUIRES - target.core.features)
        if missing:
            found.append(Considered(name, None, f"the core lacks {' and '.join(missing)}"))
            continue
        if not _takes(variant, op, graph):
            found.append(Considered(name, None, "it serves values or weights of another type"))
            continue
        choice = variant.choose(op, graph, target)
        needs = (variant.choose.__doc__ or "").strip().partition("\n")[0]
        refusal = "" if choice is not None else f"it serves: {needs}"
        found.append(Considered(name, choice, refusal, bool(variant.REQUIRES)))
    return tuple(found)


def candidates(op: Op, graph: Graph, target: Target) -> list[KernelChoice]:
    """Every kernel that computes an op on a target; the portable one is the first."""
    return [each.choice for each in survey(op, graph, target) if each.choice is not None]


def _takes(variant: Variant, op: Op, graph: Graph) -> bool:
    """Whether values, and weights where the op has any, are of the variant's types."""
    wanted = getattr(variant, "WEIGHTS", DType.INT8)
    packed = any(i != ABSENT and graph.tensors[i].dtype is DType.INT4 for i in op.inputs)
    values = {graph.input(op, 0).dtype, graph.output(op).dtype}
    return (wanted is DType.INT4) == packed and values == {getattr(variant, "VALUES", DType.INT8)}


def portable(op: Op, graph: Graph, target: Target, goal: Goal = Goal.BALANCED) -> KernelChoice:
    """The op's own kernel, whatever faster ones there are: known at once, the same everywhere."""
    return ops.find(op.kind).kernel(op, graph, target)


def with_function(choice: KernelChoice, op: Op, graph: Graph, target: Target) -> list[KernelChoice]:
    """The C function that `choice` calls, for another op of the kind, in every form it has.

    Returns:
        Nothing where it does not apply.
    """
    own = ops.find(op.kind).kernel(op, graph, target)
    if own.function == choice.function:
        return [own]
    found = []
    for name, variant in _variants().items():
        # The name of a variant's file begins with that of its C function.
        named = f"ek_{name}".startswith(choice.function) and op.kind == variant.OP
        named = named and not getattr(variant, "LAYOUTS", False)
        if named and target.core.features >= variant.REQUIRES and _takes(variant, op, graph):
            made = variant.choose(op, graph, target)
            found += [] if made is None else [made]
    return [each for each in found if each.function == choice.function]

"""A core's cycle model: what an instruction of each class costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Classes of instructions that a simple pipeline's timing tells apart, in the order of
#: edgekit/emulators/plugin/thumb.h. What each means: docs/cycle-model.md.
INSTRUCTION_CLASSES = (
    "other",
    "load",
    "load_next",
    "store",
    "multiple",
    "multiple_register",
    "multiply",
    "multiply_add",
    "divide",
    "float_multiply_add",
    "float_divide",
    "branch_stayed",
    "branch_taken",
    "call",
    "load_pc",
)

#: Counted beside the instruction that they belong to.
_NO_INSTRUCTIONS = ("multiple_register", "load_pc")


def instructions(counts: Sequence[int]) -> int:
    """How many instructions a mix has.

    Args:
        counts: one for each of INSTRUCTION_CLASSES.
    """
    return sum(
        count
        for name, count in zip(INSTRUCTION_CLASSES, counts, strict=True)
        if name not in _NO_INSTRUCTIONS
    )


@dataclass(frozen=True, slots=True)
class CycleModel:
    """What the instructions of a core cost, without wait states.

    Attributes:
        title: whose timing it is, e.g. the core's name.
        costs: cycles of one instruction of each of INSTRUCTION_CLASSES.
    """

    title: str
    costs: tuple[int, ...]

    def cycles(self, counts: Sequence[int]) -> int:
        """The estimate for a mix of instructions: one count for each class."""
        return sum(cost * count for cost, count in zip(self.costs, counts, strict=True))

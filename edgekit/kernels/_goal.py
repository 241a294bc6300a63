"""What is optimized for, and which of two kernels serves it better."""

from __future__ import annotations

import enum

from edgekit.ops import ConstArray, KernelChoice

# Balanced: an instruction saved per inference is worth this many bytes of flash. A layer of
# 100,000 instructions that becomes 20 % faster may thus grow by 1,000 bytes.
_BYTES_PER_INSTRUCTION = 0.05


class Goal(enum.Enum):
    """What `--optimize` takes."""

    SIZE = "size"
    BALANCED = "balanced"
    SPEED = "speed"


def constant_bytes(choice: KernelChoice) -> int:
    """Flash that a kernel's constants take."""
    values = [value for call in choice.calls for _, value in call.params]
    return sum(value.data.nbytes for value in values if isinstance(value, ConstArray))


def better(one: KernelChoice, other: KernelChoice, goal: Goal) -> bool:
    """Whether `one` serves the goal better; a kernel without a cost is the last resort."""
    if one.cost is None or other.cost is None:
        return one.cost is not None
    return _score(one, goal) < _score(other, goal)


def _score(choice: KernelChoice, goal: Goal) -> float:
    assert choice.cost is not None  # `better` has asked
    flash = constant_bytes(choice) + choice.cost.code_bytes
    if goal is Goal.SPEED:
        return choice.cost.instructions
    if goal is Goal.SIZE:
        return flash
    return choice.cost.instructions + flash / _BYTES_PER_INSTRUCTION

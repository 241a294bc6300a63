"""What is optimized for, and which kernels of a model serve it best."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.kernels._codebook import DECODER_BYTES
from edgekit.ops import ConstArray, KernelChoice

# Balanced: an instruction saved per inference is worth this many bytes of flash. A layer of
# 100,000 instructions that becomes 20 % faster may thus grow by 1,000 bytes.
_BYTES_PER_INSTRUCTION = 0.05
# Balanced: a body that layers share, made for little flash, may make a layer slower by at most so
# much of the instructions that the fastest kernels of all layers take.
_MOST_LOSS = 0.001
# Size: an instruction saved is worth a hundredth of that, so that hardly larger code may be much
# faster: on a core with vector instructions a layer of ten times the speed takes some 50 bytes.
_BYTES_PER_INSTRUCTION_SIZE = 0.0005
# Of two kernels of one size the faster one, and of two as fast the smaller one.
_HARDLY = 1e-7
# A kernel without a cost is the last resort: worse than any other by every measure.
_UNKNOWN = 1e15
# What the machine code of a portable kernel may take, to hold against a board's flash.
_PORTABLE_BYTES = 1500
# So many kernels with a body for all layers are tried in every combination.
_MOST_BODIES = 10
# Halvings of the weight of a byte, when flash is short.
_HALVINGS = 50


class Goal(enum.Enum):
    """What `--optimize` takes."""

    SIZE = "size"
    BALANCED = "balanced"
    SPEED = "speed"


@dataclass(frozen=True, slots=True)
class Weights:
    """What an instruction per inference and a byte of flash cost in the same coin."""

    instruction: float
    byte: float


_WEIGHTS = {
    Goal.SPEED: Weights(1.0, _HARDLY),
    Goal.BALANCED: Weights(1.0, 1 / _BYTES_PER_INSTRUCTION),
    Goal.SIZE: Weights(_BYTES_PER_INSTRUCTION_SIZE, 1.0),
}
_SMALLEST = Weights(_HARDLY, 1.0)


def constant_bytes(choice: KernelChoice) -> int:
    """Flash that a kernel's constants take."""
    values = [value for call in choice.calls for _, value in call.params]
    arrays = [a for v in values if isinstance(v, ConstArray) for a in v.stored]
    return sum(array.nbytes for array in arrays)


def code_bytes(choices: Sequence[KernelChoice]) -> int:
    """Machine code of all layers, as modelled: their own, and each body that several share."""
    bodies = {c.function: c.cost.shared_bytes for c in choices if c.cost is not None}
    decoder = DECODER_BYTES if any(choice.decoded_bytes for choice in choices) else 0
    return sum(map(_own_code_bytes, choices)) + sum(bodies.values()) + decoder


def flash_bytes(choices: Sequence[KernelChoice]) -> int:
    """Flash of all layers, as modelled."""
    return sum(map(constant_bytes, choices)) + code_bytes(choices)


def _own_code_bytes(choice: KernelChoice) -> int:
    return choice.cost.code_bytes if choice.cost else _PORTABLE_BYTES if choice.calls else 0


def price(choice: KernelChoice, goal: Goal) -> float:
    """What a kernel costs by itself, in the goal's coin: instructions and bytes of flash."""
    return _score(choice, _WEIGHTS[goal])


def best(
    options: Sequence[Sequence[KernelChoice]], goal: Goal, flash_limit: int | None = None
) -> tuple[KernelChoice, ...]:
    """The kernel of each layer that together serve the goal best.

    Args:
        options: the kernels of each layer, at least one.
        goal: what is optimized for.
        flash_limit: bytes that the layers may take. Where they take more, flash is made as dear
            as it must be, so that those layers change first that lose the fewest instructions
            per byte: Lagrange's multiplier for the knapsack problem. Where even the smallest
            kernels take more, they are the result.
    """
    found = _cheapest(without_slow(options) if goal is Goal.BALANCED else options, _WEIGHTS[goal])
    if flash_limit is None or flash_bytes(found) <= flash_limit:
        return found
    smallest = _cheapest(options, _SMALLEST)
    if flash_bytes(smallest) > flash_limit:
        return smallest
    fitting, low, high = smallest, _HARDLY, 1 / _HARDLY
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        tried = _cheapest(options, Weights(1.0, middle))
        if flash_bytes(tried) <= flash_limit:
            fitting, high = tried, middle
        else:
            low = middle
    return _fill(fitting, options, flash_limit)


def without_slow(options: Sequence[Sequence[KernelChoice]]) -> list[list[KernelChoice]]:
    """The options without bodies for little flash that would make a layer much slower."""
    fastest = [min(map(_instructions, layer)) for layer in options]
    loss = _MOST_LOSS * sum(least for least in fastest if least < _UNKNOWN)
    return [
        [
            choice
            for choice in layer
            if not (choice.cost and choice.cost.shared_bytes)
            or choice.cost.instructions <= least + loss
        ]
        for layer, least in zip(options, fastest, strict=True)
    ]


def _fill(
    chosen: tuple[KernelChoice, ...], options: Sequence[Sequence[KernelChoice]], limit: int
) -> tuple[KernelChoice, ...]:
    """What is left of the flash goes to the layers that gain most."""
    found = list(chosen)
    gains = [
        (_instructions(found[i]) - _instructions(option), i, option)
        for i, layer in enumerate(options)
        for option in layer
    ]
    for gain, i, option in sorted(gains, key=lambda each: -each[0]):
        tried = [*found[:i], option, *found[i + 1 :]]
        faster = _instructions(option) < _instructions(found[i])
        if gain > 0 and faster and flash_bytes(tried) <= limit:
            found = tried
    return tuple(found)


def _instructions(choice: KernelChoice) -> float:
    return choice.cost.instructions if choice.cost else _UNKNOWN


def _cheapest(
    options: Sequence[Sequence[KernelChoice]], weights: Weights
) -> tuple[KernelChoice, ...]:
    """The best combination: every set of shared bodies is tried, with what it allows per layer."""
    # Of the kernels of a layer that share the same body, or none, only one can be the best.
    layers = [_per_body(layer, weights) for layer in options]
    bodies = sorted({body for layer in layers for body in layer if body})[:_MOST_BODIES]
    bytes_of = {b: layer[b].cost.shared_bytes for layer in layers for b in layer if b}  # type: ignore[union-attr]  # a shared body has a cost
    results = []
    for count in range(len(bodies) + 1):
        for allowed in itertools.combinations(bodies, count):
            found = [_pick(layer, {"", *allowed}, weights) for layer in layers]
            if all(each is not None for each in found):
                score = weights.byte * sum(bytes_of[b] for b in allowed)
                chosen = tuple(each for each in found if each is not None)
                results.append((score + sum(_score(c, weights) for c in chosen), chosen))
    return min(results, key=lambda each: each[0])[1]


def _per_body(layer: Sequence[KernelChoice], weights: Weights) -> dict[str, KernelChoice]:
    """The best kernel by the shared body that it needs; `""` for none."""
    found: dict[str, KernelChoice] = {}
    for choice in layer:
        body = choice.function if choice.cost and choice.cost.shared_bytes else ""
        if body not in found or _score(choice, weights) < _score(found[body], weights):
            found[body] = choice
    return found


def _pick(
    layer: dict[str, KernelChoice], allowed: set[str], weights: Weights
) -> KernelChoice | None:
    usable = [choice for body, choice in layer.items() if body in allowed]
    return min(usable, key=lambda choice: _score(choice, weights), default=None)


def _score(choice: KernelChoice, weights: Weights) -> float:
    return weights.instruction * _instructions(choice) + weights.byte * (
        constant_bytes(choice) + _own_code_bytes(choice)
    )

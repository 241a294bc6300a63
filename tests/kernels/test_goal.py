"""Which kernels are taken together, held against trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.kernels import Goal, best, flash_bytes
from edgekit.kernels._goal import without_slow
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice


def _choice(name: str, instructions: float, constants: int, code: int, shared: int = 0):
    params = (("weights", ConstArray("weights", np.zeros(constants, np.int8))),)
    cost = Cost(instructions, code, shared)
    return KernelChoice("net", name, (KernelCall(params),), cost=cost)


def _instructions(choices: tuple[KernelChoice, ...]) -> float:
    return sum(c.cost.instructions for c in choices if c.cost is not None)


def _random_layers(seed: int) -> list[list[KernelChoice]]:
    random = np.random.default_rng(seed)

    def draw(most: int) -> int:
        return int(random.integers(1, most))

    bodies = [("one", 900), ("two", draw(3000))]
    return [
        [
            _choice("own", draw(9000), draw(4000), draw(900)),
            _choice("large", draw(5000), draw(9000), draw(900)),
            *(_choice(name, draw(20_000), draw(3000), 60, shared) for name, shared in bodies),
        ]
        for _ in range(5)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_everything_tried(seed: int) -> None:
    layers = _random_layers(seed)
    every = list(itertools.product(*layers))
    score = [_instructions(each) / 2000 + flash_bytes(each) for each in every]
    found = best(layers, Goal.SIZE)
    assert _instructions(found) / 2000 + flash_bytes(found) == pytest.approx(min(score))
    assert _instructions(best(layers, Goal.SPEED)) == min(map(_instructions, every))
    score = [_instructions(each) + 20 * flash_bytes(each) for each in every]
    found = best(layers, Goal.BALANCED)
    assert _instructions(found) + 20 * flash_bytes(found) >= min(score)
    swift = list(itertools.product(*without_slow(layers)))
    score = [_instructions(each) + 20 * flash_bytes(each) for each in swift]
    assert _instructions(found) + 20 * flash_bytes(found) == min(score)


def test_balanced_takes_no_body_that_makes_a_layer_much_slower() -> None:
    own, body = _choice("own", 1000, 3000, 500), _choice("body", 1200, 0, 50, 100)
    tiny = [_choice("own", 10, 300, 500), _choice("body", 11, 0, 50, 100)]
    unknown = [KernelChoice("net", "s8", ())]
    found = best([[own, body], tiny, unknown], Goal.BALANCED)
    assert [c.variant for c in found] == ["own", "body", "s8"]
    assert [c.variant for c in best([[own, body]], Goal.SIZE)] == ["body"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("goal", [Goal.BALANCED, Goal.SPEED])
def test_a_limit_costs_little_speed(seed: int, goal: Goal) -> None:
    layers = _random_layers(seed)
    every = list(itertools.product(*layers))
    least = min(map(flash_bytes, every))
    free = flash_bytes(best(layers, goal))
    limit = (least + free) // 2
    found = best(layers, goal, limit)
    assert flash_bytes(found) <= limit
    fastest = min(_instructions(each) for each in every if flash_bytes(each) <= limit)
    assert _instructions(found) <= 1.25 * fastest
    assert best(layers, goal, free) == best(layers, goal)


def test_too_small_a_limit_gives_the_smallest() -> None:
    layers = _random_layers(9)
    assert best(layers, Goal.SPEED, 1) == best(layers, Goal.SIZE)


def test_a_body_is_counted_once() -> None:
    layer = [_choice("own", 10, 0, 500), _choice("body", 1000, 0, 50, 1200)]
    assert [c.variant for c in best([layer] * 2, Goal.SIZE)] == ["own"] * 2
    assert [c.variant for c in best([layer] * 3, Goal.SIZE)] == ["body"] * 3


def test_a_kernel_without_cost_is_the_last_resort() -> None:
    portable = KernelChoice("net", "s8", ())
    for goal in Goal:
        assert best([[portable, _choice("own", 10**6, 10**5, 10**4)]], goal)[0].variant == "own"
        assert best([[portable]], goal) == (portable,)

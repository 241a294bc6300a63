from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.ops._broadcast import LOOPS, Axis, broadcast_axes, broadcast_shape, loop_params
from tests.support.cases import build_graph


def indices(axes: list[Axis], which: int) -> list[int]:
    """Which element of an input each output element takes, by the loops."""
    ranges = [range(axis.size) for axis in axes]
    return [
        sum(i * axis.steps[which] for i, axis in zip(place, axes, strict=True))
        for place in itertools.product(*ranges)
    ]


def test_equal_shapes_are_one_loop() -> None:
    assert broadcast_axes((2, 3, 4, 5), (2, 3, 4, 5)) == [Axis(120, (1, 1))]


def test_a_scalar_is_one_loop() -> None:
    assert broadcast_axes((2, 3, 4), ()) == [Axis(24, (1, 0))]


def test_a_channel_vector_is_two_loops() -> None:
    assert broadcast_axes((1, 3, 4, 5), (5,)) == [Axis(12, (5, 0)), Axis(5, (1, 1))]


def test_single_elements_need_no_loop() -> None:
    assert broadcast_axes((1, 1), (1,)) == []


@pytest.mark.parametrize("seed", range(60))
def test_loops_take_what_numpy_takes(seed: int) -> None:
    random = np.random.default_rng(seed)
    rank = int(random.integers(0, 6))
    extents = random.integers(1, 4, rank)
    shapes = []
    for _ in range(2):
        shape = np.where(random.random(rank) < 0.4, 1, extents)
        shapes.append(tuple(int(n) for n in shape[int(random.integers(0, rank + 1)) :]))
    axes = broadcast_axes(*shapes)
    for which, shape in enumerate(shapes):
        elements = np.arange(int(np.prod(shape))).reshape(shape)
        want = np.broadcast_to(elements, np.broadcast_shapes(*shapes)).reshape(-1)
        assert indices(axes, which) == want.tolist()


def test_params_fill_the_outer_loops_with_1() -> None:
    inputs = [{"shape": [3, 5]}, {"shape": [5]}]
    graph = build_graph("add", {"name": "x", "inputs": inputs})
    params = dict(loop_params(graph.ops[0], graph))
    assert len(params) == 3 * LOOPS
    assert [params[f"size_{i}"] for i in range(LOOPS)] == [1, 1, 3, 5]
    assert [params[f"step2_{i}"] for i in range(LOOPS)] == [0, 0, 0, 1]
    assert broadcast_shape(graph.ops[0], graph) == (3, 5)

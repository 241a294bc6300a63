"""Elementwise ops of two inputs whose shapes need not be the same.

Dimensions are lined up at their ends; a dimension of 1, or a missing one, is repeated. Next to
each other, dimensions that behave alike (both inputs go on, or the same one is repeated) are one
dimension to the kernel: most ops end as a single loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ops._kernel import ParamValue

LOOPS = 4


@dataclass(frozen=True, slots=True)
class Axis:
    """One loop over the output.

    Attributes:
        size: elements.
        steps: how far each of the two inputs moves per element; 0 repeats it.
    """

    size: int
    steps: tuple[int, int]


def broadcast_shape(op: Op, graph: Graph) -> tuple[int, ...] | None:
    """The output's shape, or None where the inputs do not go together."""
    try:
        return np.broadcast_shapes(graph.input(op, 0).shape, graph.input(op, 1).shape)
    except ValueError:
        return None


def broadcast_axes(first: Sequence[int], second: Sequence[int]) -> list[Axis]:
    """The loops of a broadcast, outermost first, merged where they can be.

    Args:
        first: the first input's shape.
        second: the second input's shape, which goes together with the first.
    """
    rank = max(len(first), len(second))
    shapes = [(1,) * (rank - len(shape)) + tuple(shape) for shape in (first, second)]
    axes: list[Axis] = []
    strides = [1, 1]
    for a, b in zip(reversed(shapes[0]), reversed(shapes[1]), strict=True):
        size = max(a, b)
        if size == 1:
            continue
        moves = tuple(extent != 1 for extent in (a, b))
        axis = Axis(size, (strides[0] * moves[0], strides[1] * moves[1]))
        inner = axes[-1] if axes else None
        if inner is not None and moves == tuple(step != 0 for step in inner.steps):
            axes[-1] = Axis(inner.size * size, inner.steps)
        else:
            axes.append(axis)
        strides = [strides[0] * a, strides[1] * b]
    return axes[::-1]


def wrong_broadcast(op: Op, graph: Graph) -> str | None:
    """What a constraint answers about the inputs' shapes."""
    first, second = graph.input(op, 0).shape, graph.input(op, 1).shape
    if broadcast_shape(op, graph) is None:
        return f"the shapes {first} and {second} do not go together"
    if len(broadcast_axes(first, second)) > LOOPS:
        return f"the shapes {first} and {second} take more than {LOOPS} loops"
    return None


def broadcasting(op: Op, graph: Graph) -> str | None:
    """The inputs must broadcast to each other, in at most 4 loops."""
    return wrong_broadcast(op, graph)


def broadcast_result(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape that both inputs broadcast to."""
    shape = broadcast_shape(op, graph)
    assert shape is not None
    return shape


def loop_params(op: Op, graph: Graph) -> tuple[tuple[str, ParamValue], ...]:
    """The kernel's loops: `size_0`, `step1_0`, `step2_0` ... `step2_3`, outermost first."""
    axes = broadcast_axes(graph.input(op, 0).shape, graph.input(op, 1).shape)
    axes = [Axis(1, (0, 0))] * (LOOPS - len(axes)) + axes
    return tuple(
        item
        for i, axis in enumerate(axes)
        for item in (
            (f"size_{i}", axis.size),
            (f"step1_{i}", axis.steps[0]),
            (f"step2_{i}", axis.steps[1]),
        )
    )

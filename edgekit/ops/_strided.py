"""Copies that only move elements: what TRANSPOSE, SLICE and RESIZE_NEAREST_NEIGHBOR do.

The output is written in its own order; every loop moves through the input by a step of its own,
where a step of 0 repeats what is read, and one below 0 goes backwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_dtype
from edgekit.ops._kernel import KernelCall, KernelChoice

LOOPS = 4


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop over the output.

    Attributes:
        size: how often.
        step: how far the input moves each time; elements, or bytes for the kernel.
    """

    size: int
    step: int


def merged(loops: Sequence[Loop]) -> list[Loop]:
    """The same copy in as few loops as there can be, outermost first; none of a single turn."""
    found: list[Loop] = []
    for loop in loops:
        if loop.size == 1:
            continue
        if found and found[-1].step == loop.size * loop.step:
            found[-1] = Loop(found[-1].size * loop.size, loop.step)
        else:
            found.append(loop)
    return found


def _runs(loops: Sequence[Loop]) -> tuple[list[Loop], int]:
    """The kernel's loops, and how many elements lie next to each other in the innermost."""
    found = merged(loops)
    if found and found[-1].step == 1:
        return found[:-1], found[-1].size
    return found, 1


def wrong_copy_loops(loops: Sequence[Loop]) -> str | None:
    """What a constraint answers about a copy of too many loops."""
    count = len(_runs(loops)[0])
    return f"a copy of {count} loops" if count > LOOPS else None


def slice_loops(op: Op, graph: Graph, slices: Sequence[slice]) -> tuple[list[Loop], int]:
    """The loops of a slice, and the element of the input where they start.

    Args:
        op: its first input is sliced.
        graph: its graph.
        slices: one per axis, each within it and of at least one element.
    """
    shape = graph.input(op, 0).shape
    loops, start = [], 0
    for axis, each in enumerate(slices):
        turns = range(*each.indices(shape[axis]))
        stride = math.prod(shape[axis + 1 :])
        loops.append(Loop(len(turns), turns.step * stride))
        start += turns[0] * stride
    return loops, start


def sliced(values: Array | None, slices: Sequence[slice], shape: tuple[int, ...]) -> Array:
    """numpy's own slice of an input, as an output of `shape`."""
    assert values is not None
    return np.ascontiguousarray(values[tuple(slices)]).reshape(shape)


def wrong_indices(op: Op, graph: Graph, *positions: int) -> str | None:
    """What a constraint answers about inputs that must be constant int32, one value per axis."""
    rank = len(graph.input(op, 0).shape)
    for position in positions:
        tensor = graph.input(op, position)
        found = wrong_dtype(tensor, DType.INT32)
        if found:
            return found
        if tensor.data is None:
            return f"{tensor.name!r} is computed at run time"
        if tensor.size != rank:
            return f"{tensor.name!r} has {tensor.size} values for {rank} axes"
    return None


def constants(op: Op, graph: Graph, position: int) -> tuple[int, ...]:
    """The values of an input that `wrong_indices` has seen."""
    data = graph.input(op, position).data
    assert data is not None
    return tuple(int(value) for value in data.ravel())


def copy_kernel(op: Op, graph: Graph, loops: Sequence[Loop], start: int = 0) -> KernelChoice:
    """The kernel.

    Args:
        op: its first input is copied.
        graph: its graph.
        loops: over the output, outermost first, steps in elements.
        start: the element of the input that is read first.
    """
    outer, run = _runs(loops)
    itemsize = graph.input(op, 0).dtype.itemsize
    outer = [Loop(1, 0)] * (LOOPS - len(outer)) + outer
    fields = [
        field
        for i, loop in enumerate(outer)
        for field in ((f"size_{i}", loop.size), (f"step_{i}", loop.step * itemsize))
    ]
    params = (*fields, ("run_bytes", run * itemsize), ("start_bytes", start * itemsize))
    return KernelChoice("strided", "bytes", (KernelCall(params),))

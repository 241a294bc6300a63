"""The order of a graph's ops in which the least is alive."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from edgekit.ir import Graph
from edgekit.memory._ranges import buffers_of, live_bytes, overlaps_of
from edgekit.ops import KernelChoice

# Orders that are tried: a network of a few branches has fewer.
_TRIES = 400

Order = tuple[int, ...]


def least_order(
    graph: Graph, choices: Sequence[KernelChoice], alignment: int
) -> tuple[Graph, tuple[KernelChoice, ...]]:
    """The graph with its ops in the order that needs the least memory, of those tried.

    Ops move one at a time, to where their inputs are there and their output is not read yet, as
    long as the most that is alive becomes less, or how long it is: then the second most counts,
    and so on. A chain has one order only.

    Args:
        graph: the graph.
        choices: the kernel of each op.
        alignment: bytes; sizes are rounded up to it.

    Returns:
        The same graph and choices, where nothing is better.
    """
    order: Order = tuple(range(len(graph.ops)))
    best = _need(graph, choices, alignment)
    tries = 0
    improved = True
    while improved:
        improved = False
        for trial in _moves(graph, order):
            tries += 1
            if tries > _TRIES:
                return _ordered(graph, choices, order)
            need = _need(*_ordered(graph, choices, trial), alignment)
            if need < best:
                order, best, improved = trial, need, True
                break
    return _ordered(graph, choices, order)


def _ordered(
    graph: Graph, choices: Sequence[KernelChoice], order: Order
) -> tuple[Graph, tuple[KernelChoice, ...]]:
    changed = dataclasses.replace(graph, ops=tuple(graph.ops[i] for i in order))
    return changed, tuple(choices[i] for i in order)


def _need(graph: Graph, choices: Sequence[KernelChoice], alignment: int) -> list[int]:
    """Bytes alive during each op, the most first."""
    buffers = buffers_of(graph, choices, alignment)
    overlaps = overlaps_of(graph, choices, buffers)
    return sorted(live_bytes(buffers, len(graph.ops), overlaps), reverse=True)


def _moves(graph: Graph, order: Order) -> Iterator[Order]:
    """Every order in which one op stands elsewhere."""
    ops = [graph.ops[i] for i in order]
    for at, op in enumerate(ops):
        makers = [i for i, other in enumerate(ops[:at]) if {*other.outputs} & {*op.inputs}]
        readers = [i for i in range(at + 1, len(ops)) if {*op.outputs} & {*ops[i].inputs}]
        rest = order[:at] + order[at + 1 :]
        for to in range(max(makers, default=-1) + 1, min(readers, default=len(ops))):
            if to != at:
                yield (*rest[:to], order[at], *rest[to:])

"""Live ranges: from when to when each buffer is needed."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit import ops
from edgekit.ir import Graph
from edgekit.memory._plan import Buffer


def buffers_of(graph: Graph, scratch_bytes: Sequence[int], alignment: int) -> list[Buffer]:
    """Every buffer of a graph, in order of first use.

    A tensor is alive from the op that writes it to the last one that reads it, both included;
    model inputs from before the first op, model outputs to behind the last one. Tensors that an
    op passes on unchanged (`ops.aliases`) share a buffer.

    Args:
        graph: the graph.
        scratch_bytes: per op, arena bytes that its kernel needs while it runs.
        alignment: bytes; sizes are rounded up to it.
    """
    first = dict.fromkeys(graph.inputs, -1)
    last = dict.fromkeys(graph.inputs, -1)
    leader: dict[int, int] = {}
    for position, op in enumerate(graph.ops):
        for index in op.inputs:
            if index in first:
                last[index] = position
        for index in op.outputs:
            first[index] = last[index] = position
        if ops.aliases(op, graph) and op.inputs[0] in first:
            leader[op.outputs[0]] = op.inputs[0]
    for index in graph.outputs:
        if index in first:
            last[index] = len(graph.ops)
    groups: dict[int, list[int]] = {}
    for index in first:
        root = index
        while root in leader:
            root = leader[root]
        groups.setdefault(root, []).append(index)
    found = [
        Buffer(
            tuple(sorted(members)),
            _aligned(max(graph.tensors[i].nbytes for i in members), alignment),
            min(first[i] for i in members),
            max(last[i] for i in members),
        )
        for members in groups.values()
    ]
    found += [
        Buffer((), _aligned(size, alignment), position, position)
        for position, size in enumerate(scratch_bytes)
        if size
    ]
    return sorted(found, key=lambda b: (b.first, b.tensors))


def live_bytes(buffers: Sequence[Buffer], op_count: int) -> list[int]:
    """Bytes alive before the first op, during each op, and behind the last one."""
    return [
        sum(b.nbytes for b in buffers if b.first <= position <= b.last)
        for position in range(-1, op_count + 1)
    ]


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment

"""Live ranges: from when to when each buffer is needed."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit import ops
from edgekit.ir import Graph
from edgekit.memory._plan import Buffer, Overlap
from edgekit.ops import KernelChoice


def buffers_of(graph: Graph, choices: Sequence[KernelChoice], alignment: int) -> list[Buffer]:
    """Every buffer of a graph, in order of first use.

    A tensor is alive from the op that writes it to the last one that reads it, both included;
    model inputs from before the first op, model outputs to behind the last one. Tensors that an
    op passes on unchanged (`ops.aliases`) share a buffer.

    Args:
        graph: the graph.
        choices: the kernel of each op, for its scratch.
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
        Buffer((), _aligned(choice.scratch_bytes, alignment), position, position)
        for position, choice in enumerate(choices)
        if choice.scratch_bytes
    ]
    return sorted(found, key=lambda b: (b.first, b.tensors))


def overlaps_of(
    graph: Graph, choices: Sequence[KernelChoice], buffers: Sequence[Buffer]
) -> list[Overlap]:
    """Which buffers may overlap: by their kernels, and as nothing else needs the input later."""
    home = {index: i for i, buffer in enumerate(buffers) for index in buffer.tensors}
    scratch_home = {b.first: i for i, b in enumerate(buffers) if not b.tensors}
    found = []
    for position, (op, choice) in enumerate(zip(graph.ops, choices, strict=True)):
        rules = [(rule, home[op.outputs[0]]) for rule in choice.in_place]
        rules += [(rule, scratch_home[position]) for rule in choice.scratch_in_place]
        for rule, result in rules:
            source = home.get(op.inputs[rule.slot])
            if source is None or source == result:
                continue
            if buffers[source].last == position == buffers[result].first:
                found.append(Overlap(source, result, rule.lead, rule.exact))
    return found


def live_bytes(
    buffers: Sequence[Buffer], op_count: int, overlaps: Sequence[Overlap] = ()
) -> list[int]:
    """Bytes alive before the first op, during each op, and behind the last one.

    Where an output may reach into an input, both count as what they need together: no plan can
    do with less.
    """
    alive = [
        sum(b.nbytes for b in buffers if b.first <= position <= b.last)
        for position in range(-1, op_count + 1)
    ]
    saved: dict[int, int] = {}
    for overlap in overlaps:
        source, result = buffers[overlap.source].nbytes, buffers[overlap.result].nbytes
        together = max(result, overlap.lead + source)
        saving = saved.get(overlap.result, 0) + max(source + result - together, 0)
        saved[overlap.result] = min(saving, result)
    for index, saving in saved.items():
        alive[buffers[index].first + 1] -= saving
    return alive


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment

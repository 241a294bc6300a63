"""Live ranges: from when to when each buffer is needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from edgekit import ops
from edgekit.ir import Graph
from edgekit.memory._plan import Buffer, Overlap
from edgekit.memory._stream_overlaps import stream_overlaps
from edgekit.ops import KernelChoice, Layout, Stream


def buffers_of(
    graph: Graph,
    choices: Sequence[KernelChoice],
    alignment: int,
    streams: Sequence[Stream] = (),
) -> list[Buffer]:
    """Every buffer of a graph, in order of first use.

    A tensor is alive from the op that writes it to the last one that reads it, both included;
    model inputs from before the first op, model outputs to behind the last one. Tensors that an
    op passes on unchanged (`ops.aliases`) share a buffer.

    Args:
        graph: the graph.
        choices: the kernel of each op, for its scratch and the layout of its output; may be empty.
        alignment: bytes; sizes are rounded up to it.
        streams: ops that run together: what only they read is there in part.
    """
    nbytes = held_bytes(graph, choices)
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
    for stream in streams:
        _stretch(graph, stream, first, last, nbytes)
    groups: dict[int, list[int]] = {}
    for index in first:
        root = index
        while root in leader:
            root = leader[root]
        groups.setdefault(root, []).append(index)
    found = [
        Buffer(
            tuple(sorted(members)),
            _aligned(max(nbytes[i] for i in members), alignment),
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


def layout_of(graph: Graph, choices: Sequence[KernelChoice], index: int) -> Layout:
    """How a tensor lies in the arena, as its op's kernel writes it."""
    for op, choice in zip(graph.ops, choices, strict=True):
        if index in op.outputs:
            return choice.writes
    return None


def held_bytes(graph: Graph, choices: Sequence[KernelChoice]) -> dict[int, int]:
    """Bytes of every tensor in the arena, as it lies there."""
    found = {i: t.nbytes for i, t in enumerate(graph.tensors)}
    for op, choice in zip(graph.ops, choices, strict=False):
        if choice.writes is not None:
            found[op.outputs[0]] = choice.writes.nbytes(graph.output(op).shape)
    return found


def with_kept(graph: Graph) -> Graph:
    """The graph as its memory is planned if an inference must leave the inputs as they are."""
    return dataclasses.replace(graph, outputs=(*graph.outputs, *graph.inputs))


def _stretch(
    graph: Graph,
    stream: Stream,
    first: dict[int, int],
    last: dict[int, int],
    nbytes: dict[int, int],
) -> None:
    """Live ranges and sizes of the tensors of a stream.

    Whole ones are needed in every step, and so are rows that one step leaves to the next.
    """
    for position in stream.positions:
        op = graph.ops[position]
        for index in op.inputs:
            if index in first and first[index] < stream.first:
                last[index] = max(last[index], stream.last)
        made = op.outputs[0]
        if position < stream.last:
            nbytes[made] = stream.rows(position) * ops.row_bytes(graph.tensors[made])
        if position == stream.last or _keeps(stream, position):
            first[made] = stream.first
            last[made] = max(last[made], stream.last)


def _keeps(stream: Stream, position: int) -> bool:
    return any(stream.kept(step, position) for step in range(len(stream.steps) - 1))


def overlaps_of(
    graph: Graph,
    choices: Sequence[KernelChoice],
    buffers: Sequence[Buffer],
    streams: Sequence[Stream] = (),
) -> list[Overlap]:
    """Which buffers may overlap: by their kernels, and as nothing else needs the input later."""
    home = {index: i for i, buffer in enumerate(buffers) for index in buffer.tensors}
    scratch_home = {b.first: i for i, b in enumerate(buffers) if not b.tensors}
    found = []
    streamed = {position for stream in streams for position in stream.positions}
    for stream in streams:
        found += stream_overlaps(graph, choices, buffers, stream)
    for position, (op, choice) in enumerate(zip(graph.ops, choices, strict=True)):
        if position in streamed:
            continue
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
    saved: dict[tuple[int, int], int] = {}
    for overlap in overlaps:
        source, result = buffers[overlap.source], buffers[overlap.result]
        together = max(result.nbytes, overlap.lead + source.nbytes)
        saving = max(source.nbytes + result.nbytes - together, 0)
        for position in range(max(source.first, result.first), min(source.last, result.last) + 1):
            key = overlap.result, position
            saved[key] = min(saved.get(key, 0) + saving, result.nbytes)
    for (_, position), saving in saved.items():
        alive[position + 1] -= saving
    return alive


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment

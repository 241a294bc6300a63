"""Which buffers of a stream may overlap, and how far."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit import ops
from edgekit.ir import Graph
from edgekit.memory._plan import Buffer, Overlap
from edgekit.ops import InPlace, KernelChoice, Stream


def stream_overlaps(
    graph: Graph, choices: Sequence[KernelChoice], buffers: Sequence[Buffer], stream: Stream
) -> list[Overlap]:
    """A stream's result may follow its input down; a band may follow the one it is made from.

    Args:
        graph: the graph.
        choices: the kernel of each op; a rule of a streamed op's holds in each of its bands.
        buffers: as `buffers_of` has them.
        stream: the ops.
    """
    home = {index: i for i, buffer in enumerate(buffers) for index in buffer.tensors}
    whole = home[graph.ops[stream.last].outputs[0]]
    found = []
    sources = {
        i: buffers[i]
        for p in stream.positions
        for x in graph.ops[p].inputs
        if (i := home.get(x)) is not None
    }
    for source, buffer in sources.items():
        if buffer.first < stream.first and buffer.last == stream.last:
            lead = _lead_of_result(graph, choices[stream.last], stream, buffer)
            if lead is not None:
                found.append(Overlap(source, whole, lead, exact=False))
    for position in range(stream.first + 1, stream.last):
        op = graph.ops[position]
        for rule in choices[position].in_place:
            inner = home.get(op.inputs[rule.slot])
            if inner is None or buffers[inner].first < stream.first or rule.exact:
                continue
            lead = _lead_of_band(graph, stream, position, rule)
            if buffers[inner].last == position and lead is not None:
                found.append(Overlap(inner, home[op.outputs[0]], lead, exact=False))
    return found


def _lead_of_band(graph: Graph, stream: Stream, position: int, rule: InPlace) -> int | None:
    """How far a band's buffer must begin before that of the op's input, which is used up."""
    op = graph.ops[position]
    maker = next(p for p in stream.positions if op.inputs[rule.slot] in graph.ops[p].outputs)
    if any(
        bands[position - stream.first].read.first != bands[maker - stream.first].base
        for bands in stream.steps
    ):
        return None
    ahead = max(
        bands[position - stream.first].made.first - bands[position - stream.first].base
        for bands in stream.steps
    )
    return ahead * ops.row_bytes(graph.output(op)) + rule.lead


def _lead_of_result(
    graph: Graph, choice: KernelChoice, stream: Stream, source: Buffer
) -> int | None:
    """How far the stream's result must begin before a whole input that nothing else reads.

    What a step writes must lie where no later step reads; and where the last op itself reads the
    input, its kernel's rule must hold in every step.
    """
    last = graph.ops[stream.last]
    result = ops.row_bytes(graph.output(last))
    lead = 0
    for position in stream.positions:
        op = graph.ops[position]
        for slot, index in enumerate(op.inputs):
            if index not in source.tensors:
                continue
            given = graph.tensors[index]
            for step in range(len(stream.steps)):
                later = ops.height(given)
                if step + 1 < len(stream.steps):
                    later = stream.band(step + 1, position).read.first
                written = stream.band(step, stream.last).made.end
                lead = max(lead, written * result - later * ops.row_bytes(given))
            if position == stream.last:
                rule = next((r for r in choice.in_place if r.slot == slot and not r.exact), None)
                if rule is None:
                    return None
                lead = max(
                    lead,
                    *(
                        b.made.first * result + rule.lead - b.read.first * ops.row_bytes(given)
                        for b in (bands[-1] for bands in stream.steps)
                    ),
                )
    return lead

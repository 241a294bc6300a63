"""The memory plan and the wiring of a compiled model as plain rows: what report.json keeps."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.compiler import Compiled
from edgekit.ir import Graph
from edgekit.memory import Allocation


@dataclass(frozen=True, slots=True)
class BlockRow:
    """Bytes of the arena that are taken for some time.

    Attributes:
        role: `input`, `output`, `activation`, or `scratch` of an op.
        tensors: names of the tensors that live there, none for scratch.
        offset: in the arena, bytes.
        nbytes: size, padded to the alignment.
        first: the op that writes it; -1 for a model input.
        last: the last op that reads it; the number of ops for a model output.
    """

    role: str
    tensors: tuple[str, ...]
    offset: int
    nbytes: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class StreamRow:
    """Ops that run together, band by band: the first, the last, and in how many steps."""

    first: int
    last: int
    steps: int


@dataclass(frozen=True, slots=True)
class MemoryRows:
    """The memory plan: every allocation, and the ops that are streamed."""

    arena_bytes: int
    blocks: tuple[BlockRow, ...]
    streams: tuple[StreamRow, ...]


def memory_of(compiled: Compiled) -> MemoryRows:
    """The memory plan of a compiled model."""
    plan = compiled.code.plan
    return MemoryRows(
        plan.arena_bytes,
        tuple(_block(compiled.graph, each) for each in plan.allocations),
        tuple(StreamRow(s.first, s.last, len(s.steps)) for s in plan.streams),
    )


def edges_of(graph: Graph) -> tuple[tuple[int, int], ...]:
    """Which op reads what which op wrote, by position; -1 stands for the model's inputs."""
    writer = dict.fromkeys(graph.inputs, -1)
    found = []
    for position, op in enumerate(graph.ops):
        found += [(writer[i], position) for i in dict.fromkeys(op.inputs) if i in writer]
        writer |= dict.fromkeys(op.outputs, position)
    return tuple(found)


def _block(graph: Graph, allocation: Allocation) -> BlockRow:
    buffer = allocation.buffer
    names = tuple(graph.tensors[i].name for i in buffer.tensors)
    return BlockRow(
        _role(graph, buffer.tensors),
        names,
        allocation.offset,
        buffer.nbytes,
        buffer.first,
        buffer.last,
    )


def _role(graph: Graph, tensors: tuple[int, ...]) -> str:
    if not tensors:
        return "scratch"
    if any(i in graph.inputs for i in tensors):
        return "input"
    return "output" if any(i in graph.outputs for i in tensors) else "activation"

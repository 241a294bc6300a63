"""Which rows every op of a stream makes in each step."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit import ops
from edgekit.ir import DType, Graph
from edgekit.ops import Band, Rows, RowWindow, Stream


@dataclass(frozen=True, slots=True)
class _Member:
    """An op of a stream.

    Attributes:
        position: in the graph.
        window: the rows that it reads.
        height: rows of what it reads.
        inner: positions of the ops of the stream that make its inputs.
        readers: positions of the ops of the stream that read its output.
    """

    position: int
    window: RowWindow
    height: int
    inner: tuple[int, ...]
    readers: tuple[int, ...]


def schedule(graph: Graph, first: int, last: int, rows: int, grain: int = 1) -> Stream | None:
    """Neighbouring ops in steps in which the last one makes `rows` rows and no row is made twice.

    Each of the others makes, in each step, the rows that are needed and not there yet.

    Args:
        graph: the graph.
        first: position of the first op.
        last: position of the last op.
        rows: of the last op's output, in a step.
        grain: of the other ops' outputs: each makes a multiple of it, some rows early, until it is
            done. Kernels that compute tiles need it.

    Returns:
        None where the ops can't run so: one of them has no rows, or is read from outside.
    """
    members = _members(graph, first, last)
    if members is None:
        return None
    goal = ops.height(graph.output(graph.ops[last]))
    made = dict.fromkeys(members, 0)
    whole = _targets(members, last, goal)
    steps = []
    while made[last] < goal:
        target = _targets(members, last, min(made[last] + rows, goal), grain, whole)
        bases = {p: _base(members, p, made) for p in members if p != last}
        steps.append(
            tuple(_band(m, made[p], target[p], bases.get(p, 0)) for p, m in members.items())
        )
        made = {p: max(made[p], target[p]) for p in members}
    return Stream(first, last, tuple(steps))


def can_stream(graph: Graph, position: int) -> bool:
    """Whether an op can be part of a stream at all."""
    op = graph.ops[position]
    whole = all(
        graph.tensors[i].dtype in (DType.INT8, DType.INT16)
        for i in (*op.inputs, *op.outputs)
        if i >= 0 and not graph.tensors[i].is_const
    )
    return whole and ops.row_window(op, graph) is not None


def _members(graph: Graph, first: int, last: int) -> dict[int, _Member] | None:
    maker = {graph.ops[p].outputs[0]: p for p in range(first, last + 1)}
    found: dict[int, _Member] = {}
    for position in range(first, last + 1):
        op = graph.ops[position]
        window = ops.row_window(op, graph)
        given = [i for i in op.inputs if i >= 0 and not graph.tensors[i].is_const]
        output = op.outputs[0]
        readers = tuple(i for i, other in enumerate(graph.ops) if output in other.inputs)
        if window is None or not given or not can_stream(graph, position):
            return None
        if position < last and (not readers or max(readers) > last or output in graph.outputs):
            return None
        height = ops.height(graph.tensors[given[0]])
        inner = tuple(maker[i] for i in given if i in maker)
        found[position] = _Member(position, window, height, inner, readers)
    return found


def _targets(
    members: dict[int, _Member],
    last: int,
    goal: int,
    grain: int = 1,
    most: dict[int, int] | None = None,
) -> dict[int, int]:
    """Rows of every op's output that must be there when the last op's has `goal`.

    Args:
        members: the ops.
        last: position of the last one.
        goal: rows of its output.
        grain: the others' are multiples of it.
        most: but no more than these.
    """
    target = {last: goal}
    for position in sorted(members, reverse=True)[1:]:
        needed = max(
            (
                members[r].window.read(0, target[r], members[r].height).end
                for r in members[position].readers
                if target[r]
            ),
            default=0,
        )
        rounded = -(-needed // grain) * grain
        target[position] = rounded if most is None else min(rounded, most[position])
    return {position: target[position] for position in members}


def _next_read(member: _Member, made: int) -> int:
    """The first row that an op reads for its next row."""
    return min(max(made * member.window.stride - member.window.pad, 0), member.height)


def _base(members: dict[int, _Member], position: int, made: dict[int, int]) -> int:
    """The first row of an op's output that is still needed."""
    needed = (_next_read(members[r], made[r]) for r in members[position].readers)
    return min(*needed, made[position])


def _band(member: _Member, made: int, target: int, base: int) -> Band:
    count = max(target - made, 0)
    read = Rows(_next_read(member, made), 0)
    if count:
        read = member.window.read(made, count, member.height)
    return Band(Rows(made, count), read, base)

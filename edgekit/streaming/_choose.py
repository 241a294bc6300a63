"""Which ops of a graph are streamed: the arena that is saved against code and instructions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.kernels import Goal
from edgekit.memory import MemoryPlan, buffers_of, live_bytes, overlaps_of, plan_memory
from edgekit.ops import KernelChoice, Stream
from edgekit.streaming._bands import Kernels
from edgekit.streaming._schedule import can_stream, schedule
from edgekit.targets import CONSOLE, Target

# Most ops of a stream.
_LONGEST = 10
# Rows that the last op of a stream makes in a step.
_ROWS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24)
# What rows of the other ops are multiples of, the first one that all kernels can do.
_GRAINS = (1, 2)
# Estimates: machine code of a stream, and of each of its ops beyond what it has anyway; and
# instructions of a step, of each op in a step, and of a byte that is moved.
_STREAM_BYTES, _OP_BYTES = 160, 60
_STEP_INSTRUCTIONS, _OP_INSTRUCTIONS, _MOVE_INSTRUCTIONS = 20, 60, 0.5
# A byte of RAM is worth so many of flash: about what microcontrollers have of both. And an
# instruction of an inference is worth so many bytes of flash, as in edgekit/kernels.
_FLASH_PER_RAM = 4
_FLASH_PER_INSTRUCTION = {Goal.SIZE: 0.02, Goal.BALANCED: 0.05}
# Balanced: what all streams together may add to the instructions of an inference.
_MOST_SLOWER = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """What is known of a graph whose ops may be streamed.

    Attributes:
        choices: the kernel of each op.
        plan: where everything lies, and the streams.
    """

    choices: tuple[KernelChoice, ...]
    plan: MemoryPlan


@dataclass(frozen=True, slots=True, eq=False)
class _Option:
    """A stream that could be.

    Attributes:
        stream: its ops and steps.
        choices: their kernels.
        peak: the most bytes that are alive while it runs.
        instructions: what it adds to an inference.
        flash_bytes: what it adds to the firmware.
    """

    stream: Stream
    choices: tuple[KernelChoice, ...]
    peak: int
    instructions: float
    flash_bytes: int

    @property
    def price(self) -> float:
        """For a choice between two streams, in bytes of flash."""
        return self.flash_bytes + _FLASH_PER_INSTRUCTION[Goal.BALANCED] * self.instructions


def choose(graph: Graph, choices: Sequence[KernelChoice], target: Target, goal: Goal) -> Streamed:
    """The streams that serve a goal, and the plan of the memory.

    speed: none. size: as long as the RAM that is saved is worth more than the flash and the time
    that it costs. balanced: the same, time counting for more, and at most 0.5 % more instructions.
    Where the board has too little RAM for that, those of size.

    Args:
        graph: the graph.
        choices: the kernel of each op over the whole image.
        target: the board.
        goal: what is optimized for.
    """
    found = _serving(graph, choices, target, goal)
    if goal is not Goal.SIZE and found.plan.arena_bytes > room_for_arena(graph, target):
        smaller = _serving(graph, choices, target, Goal.SIZE)
        return min(found, smaller, key=lambda each: each.plan.arena_bytes)
    return found


def room_for_arena(graph: Graph, target: Target) -> int:
    """Bytes that the console leaves for the arena."""
    inputs = sum(graph.tensors[i].nbytes for i in graph.inputs)
    return target.arena_room(CONSOLE.ram_bytes + inputs)


def _serving(graph: Graph, choices: Sequence[KernelChoice], target: Target, goal: Goal) -> Streamed:
    """The streams that serve a goal, whatever RAM the board has."""
    best = never(graph, choices, target, goal)
    if goal is Goal.SPEED:
        return best
    search = _Search(graph, choices, target)
    total = sum(_work(graph, op, c) for op, c in zip(graph.ops, choices, strict=True))
    worth: list[list[_Option]] = []
    paid, peak = 0.0, float(best.plan.arena_bytes)
    for found, reached in search.ever_smaller():
        slower = sum(option.instructions for option in found)
        if goal is Goal.BALANCED and slower > _MOST_SLOWER * total:
            break
        flash = sum(option.flash_bytes for option in found)
        price = flash + _FLASH_PER_INSTRUCTION[goal] * slower
        if price - paid <= (peak - reached) * _FLASH_PER_RAM:
            worth.append(found)
            paid, peak = price, reached
    return _smallest(graph, choices, worth, best)


def _smallest(
    graph: Graph,
    choices: Sequence[KernelChoice],
    worth: Sequence[list[_Option]],
    best: Streamed,
) -> Streamed:
    """The smallest plan; the last streams promise it, unless no plan reaches their peak."""
    for found in reversed(worth):
        trial = _planned(graph, choices, found, best.plan.alignment_bytes)
        if trial.plan.arena_bytes < best.plan.arena_bytes:
            best = trial
        if trial.plan.arena_bytes == trial.plan.bound_bytes:
            break
    return best


def _planned(
    graph: Graph,
    choices: Sequence[KernelChoice],
    found: Sequence[_Option],
    alignment: int,
) -> Streamed:
    changed = list(choices)
    for option in found:
        changed[option.stream.first : option.stream.last + 1] = option.choices
    streams = [option.stream for option in found]
    return Streamed(tuple(changed), plan_memory(graph, changed, alignment, streams))


class _Search:
    """Finds the cheapest streams for ever smaller arenas."""

    def __init__(self, graph: Graph, choices: Sequence[KernelChoice], target: Target) -> None:
        self._graph, self._choices = graph, tuple(choices)
        self._alignment = target.core.alignment_bytes
        self._kernels = {
            lean: Kernels(graph, self._choices, target, lean) for lean in (False, True)
        }
        self.options: dict[tuple[int, int, int, bool], _Option | None] = {}
        buffers = buffers_of(graph, choices, self._alignment)
        overlaps = overlaps_of(graph, choices, buffers)
        self._alive = live_bytes(buffers, len(graph.ops), overlaps)[1:-1]
        self._able = [can_stream(graph, position) for position in range(len(graph.ops))]

    def ever_smaller(self) -> Iterator[tuple[list[_Option], int]]:
        """Sets of streams with their peaks, each smaller than the one before."""
        limit = max(self._alive)
        while True:
            found = self._cheapest(limit - 1)
            if found is None:
                return
            streamed = {p for option in found for p in option.stream.positions}
            rest = [alive for p, alive in enumerate(self._alive) if p not in streamed]
            limit = max([*rest, *(option.peak for option in found)])
            yield found, limit

    def _cheapest(self, limit: int) -> list[_Option] | None:
        """The cheapest streams with which no more than `limit` bytes are ever alive."""
        best: list[tuple[float, list[_Option]] | None] = [(0.0, [])]
        for end in range(len(self._alive)):
            candidates = []
            before = best[end]
            if self._alive[end] <= limit and before is not None:
                candidates.append(before)
            for option, begin in self._ending(end, limit, best):
                earlier = best[begin]
                if earlier is not None:
                    candidates.append((earlier[0] + option.price, [*earlier[1], option]))
            best.append(min(candidates, key=lambda each: each[0], default=None))
        return None if best[-1] is None else best[-1][1]

    def _ending(
        self, end: int, limit: int, best: Sequence[object]
    ) -> Iterator[tuple[_Option, int]]:
        """Streams with their last op at `end` that keep to the limit and are of use."""
        for begin in range(end - 1, max(end - _LONGEST, -1), -1):
            if not (self._able[begin] and self._able[end]):
                return
            if best[begin] is None or max(self._alive[begin : end + 1]) <= limit:
                continue
            for lean in (False, True):
                for rows in sorted(_ROWS, reverse=True):
                    option = self.option(begin, end, rows, lean)
                    if option is not None and option.peak <= limit:
                        yield option, begin
                        break

    def option(self, first: int, last: int, rows: int, lean: bool) -> _Option | None:
        """The ops from `first` to `last` as a stream; None where they can't be one."""
        key = first, last, rows, lean
        if key not in self.options:
            self.options[key] = self._evaluated(*key)
        return self.options[key]

    def _evaluated(self, first: int, last: int, rows: int, lean: bool) -> _Option | None:
        if rows >= ops.height(self._graph.output(self._graph.ops[last])):
            return None
        for grain in _GRAINS:
            stream = schedule(self._graph, first, last, rows, grain)
            if stream is None or not self._is_aligned(stream):
                return None
            found = [self._kernels[lean].of_op(stream, p) for p in stream.positions]
            own = [each for each in found if each is not None]
            if len(own) == len(found):
                fields = tuple(differing for _, differing in own)
                stream = dataclasses.replace(stream, fields=fields)
                return self._weighed(stream, tuple(choice for choice, _ in own))
        return None

    def _weighed(self, stream: Stream, own: tuple[KernelChoice, ...]) -> _Option:
        """A stream with what it costs and what is alive."""
        graph, begin, end = self._graph, stream.first, stream.last + 1
        changed = [*self._choices[:begin], *own, *self._choices[end:]]
        buffers = buffers_of(graph, changed, self._alignment, [stream])
        overlaps = overlaps_of(graph, changed, buffers, [stream])
        alive = live_bytes(buffers, len(graph.ops), overlaps)
        more = _instructions(own) - _instructions(self._choices[begin:end])
        return _Option(
            stream,
            own,
            max(alive[begin + 1 : end + 1]),
            max(more + self._running(stream), 0.0),
            _STREAM_BYTES + _OP_BYTES * len(own),
        )

    def _is_aligned(self, stream: Stream) -> bool:
        """Whether rows begin where kernels may expect a tensor to begin."""
        rows = {
            ops.row_bytes(self._graph.tensors[index])
            for position in stream.positions
            for op in (self._graph.ops[position],)
            for index in (*op.inputs, *op.outputs)
            if index >= 0 and not self._graph.tensors[index].is_const
        }
        return not any(nbytes % self._alignment for nbytes in rows)

    def _running(self, stream: Stream) -> float:
        """Instructions of the steps themselves, and of moving rows."""
        steps = len(stream.steps)
        moved = sum(
            stream.kept(step, position)
            * ops.row_bytes(self._graph.output(self._graph.ops[position]))
            for step in range(steps)
            for position in stream.positions[:-1]
        )
        calls = _STEP_INSTRUCTIONS + _OP_INSTRUCTIONS * len(stream.positions)
        return steps * calls + moved * _MOVE_INSTRUCTIONS


def never(graph: Graph, choices: Sequence[KernelChoice], target: Target, _: Goal) -> Streamed:
    """Every op by itself."""
    return Streamed(tuple(choices), plan_memory(graph, choices, target.core.alignment_bytes))


def _work(graph: Graph, op: Op, choice: KernelChoice) -> float:
    """Instructions of an op; a rough guess for portable C, which has no model of its cost."""
    if choice.cost is not None:
        return choice.cost.instructions
    return 8.0 * ops.find(op.kind).macs(op, graph) + 4.0 * graph.output(op).size


def forced(
    graph: Graph, choices: Sequence[KernelChoice], target: Target, _: Goal, *, rows: int = 1
) -> Streamed:
    """As many and as long streams as there can be, whatever they cost: for tests."""
    search = _Search(graph, choices, target)
    found: list[_Option] = []
    begin = 0
    while begin < len(graph.ops):
        tried = (
            search.option(begin, end, rows, lean=begin % 2 == 0)
            for end in range(min(begin + _LONGEST, len(graph.ops)) - 1, begin, -1)
        )
        option = next((each for each in tried if each is not None), None)
        found += [] if option is None else [option]
        begin = begin + 1 if option is None else option.stream.last + 1
    return _planned(graph, choices, found, target.core.alignment_bytes)


def _instructions(choices: Sequence[KernelChoice]) -> float:
    return sum(choice.cost.instructions for choice in choices if choice.cost is not None)

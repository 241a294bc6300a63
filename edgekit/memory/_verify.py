"""Checks a memory plan by playing the graph on it, without looking at live ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgekit import ops
from edgekit.errors import UnsupportedError
from edgekit.ir import Graph, Op
from edgekit.memory._plan import MemoryPlan
from edgekit.memory._verify_stream import NOTHING, PlanError, allowed, content, play_stream
from edgekit.ops import InPlace, KernelChoice

_LARGEST = 1 << 30


def verify_plan(graph: Graph, plan: MemoryPlan, choices: Sequence[KernelChoice]) -> None:
    """Run the graph on an arena whose bytes say which value they hold.

    Before and after every op each byte of each of its inputs must still hold that input; behind
    it, an input may be lost where the kernel allows its output or scratch to reach into it from
    below. Streams run band by band: see _verify_stream.py.

    Raises:
        PlanError: a value is overwritten before its last use, or lies outside of the arena.
        UnsupportedError: the arena is too big to be that of any microcontroller.
    """
    if plan.arena_bytes > _LARGEST:
        raise UnsupportedError(
            f"the model's activations need {plan.arena_bytes:,} bytes of RAM",
            "give the model a smaller input, or check that the file is not damaged",
        )
    _require_layouts(graph, choices, plan)
    arena = _Arena(graph, plan, choices)
    for index in graph.inputs:
        arena.write(index)
    for position in range(len(graph.ops)):
        stream = plan.stream(position)
        if stream is None:
            arena.run(position, choices[position])
        elif position == stream.first:
            play_stream(graph, plan, stream, choices, arena.bytes)
    for index in graph.outputs:
        arena.require(index, "at the end")
    misplaced = [a.offset for a in plan.allocations if a.offset % plan.alignment_bytes]
    if misplaced:
        raise PlanError(f"offsets {misplaced} are not aligned to {plan.alignment_bytes} bytes")


def _require_layouts(graph: Graph, choices: Sequence[KernelChoice], plan: MemoryPlan) -> None:
    """Hold that every op finds its inputs as it expects them, and that the rest is NHWC."""
    written = {op.outputs[0]: choice.writes for op, choice in zip(graph.ops, choices, strict=True)}
    for position, (op, choice) in enumerate(zip(graph.ops, choices, strict=True)):
        for slot, index in enumerate(op.inputs):
            expected = choice.reads if slot == 0 else None
            if index >= 0 and written.get(index) != expected:
                raise PlanError(f"op {position} reads tensor {index} in another layout than it has")
        if plan.stream(position) is not None and (choice.reads, choice.writes) != (None, None):
            raise PlanError(f"op {position} is streamed, and its tensors are not NHWC")
    for index in graph.outputs:
        if written.get(index) is not None:
            raise PlanError(f"the model's output {index} is not NHWC")


class _Arena:
    """The arena while the graph runs: which value each byte holds."""

    def __init__(self, graph: Graph, plan: MemoryPlan, choices: Sequence[KernelChoice]) -> None:
        self._graph, self._plan = graph, plan
        self._nbytes = {i: t.nbytes for i, t in enumerate(graph.tensors)}
        for op, choice in zip(graph.ops, choices, strict=True):
            if choice.writes is not None:
                self._nbytes[op.outputs[0]] = choice.writes.nbytes(graph.output(op).shape)
        self.bytes = np.full(plan.arena_bytes, NOTHING, np.int64)
        self._value_of = {index: index for index in range(len(graph.tensors))}

    def _span(self, index: int) -> slice:
        start = self._plan.offset(index)
        return slice(start, start + self._nbytes[index])

    def _content(self, index: int) -> npt.NDArray[np.int64]:
        """What a tensor's bytes hold: its value's name and their position in it."""
        return content(self._value_of[index], 0, self._nbytes[index])

    def write(self, index: int) -> None:
        """A tensor gets its value."""
        if self._span(index).stop > self.bytes.size:
            raise PlanError(f"tensor {index} lies outside of the arena")
        self.bytes[self._span(index)] = self._content(index)

    def require(self, index: int, when: str) -> None:
        """Hold that every byte of a tensor is its own."""
        tensor = self._graph.tensors[index]
        if tensor.is_const:
            return
        if not np.array_equal(self.bytes[self._span(index)], self._content(index)):
            raise PlanError(f"tensor {index} ({tensor.name!r}) is lost {when}")

    def run(self, position: int, choice: KernelChoice) -> None:
        """One op: read, write, and use the scratch."""
        op = self._graph.ops[position]
        inputs = [i for i in op.inputs if i >= 0]
        for index in inputs:
            self.require(index, f"before op {position}")
        if ops.aliases(op, self._graph) and not self._graph.tensors[op.inputs[0]].is_const:
            if self._span(op.inputs[0]) != self._span(op.outputs[0]):
                raise PlanError(f"op {position} passes its input on, but to another place")
            self._value_of[op.outputs[0]] = self._value_of[op.inputs[0]]
        else:
            for index in op.outputs:
                self.write(index)
        given_up = self._given_up(op, choice.scratch_in_place, self._plan.scratch(position))
        self._use_scratch(position, choice.scratch_bytes, [i for i in inputs if i not in given_up])
        may_be_lost = given_up | self._given_up(
            op, choice.in_place, self._plan.offset(op.outputs[0])
        )
        for index in (*inputs, *op.outputs):
            if index not in may_be_lost:
                self.require(index, f"during op {position}")

    def _given_up(self, op: Op, rules: Sequence[InPlace], start: int | None) -> set[int]:
        """The inputs that an output or scratch which starts there may destroy."""
        return {
            op.inputs[rule.slot]
            for rule in rules
            if not self._graph.tensors[op.inputs[rule.slot]].is_const
            and start is not None
            and allowed(rule, self._plan.offset(op.inputs[rule.slot]), start)
        }

    def _use_scratch(self, position: int, nbytes: int, inputs: Sequence[int]) -> None:
        """Scratch is written while the inputs are still read."""
        if not nbytes:
            return
        start = self._plan.scratch(position)
        if start is None or start + nbytes > self._plan.arena_bytes:
            raise PlanError(f"op {position} has no scratch")
        for index in inputs:
            if self._graph.tensors[index].is_const:
                continue
            span = self._span(index)
            if start < span.stop and span.start < start + nbytes:
                raise PlanError(f"op {position}'s scratch lies in one of its inputs")
        self.bytes[start : start + nbytes] = NOTHING

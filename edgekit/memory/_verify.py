"""Checks a memory plan by playing the graph on it, without looking at live ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit import ops
from edgekit.errors import UnsupportedError
from edgekit.ir import Graph
from edgekit.memory._plan import MemoryPlan
from edgekit.ops import InPlace, KernelChoice

_LARGEST = 1 << 30


class PlanError(AssertionError):
    """The plan would let one value overwrite another: a defect of edgekit."""


def verify_plan(graph: Graph, plan: MemoryPlan, choices: Sequence[KernelChoice]) -> None:
    """Run the graph on an arena whose bytes say which value they hold.

    Before and after every op each byte of each of its inputs must still hold that input; behind
    it, an input may be lost where the kernel allows its output to reach into it from below.

    Raises:
        PlanError: a value is overwritten before its last use, or lies outside of the arena.
        UnsupportedError: the arena is too big to be that of any microcontroller.
    """
    if plan.arena_bytes > _LARGEST:
        raise UnsupportedError(
            f"the model's activations need {plan.arena_bytes:,} bytes of RAM",
            "give the model a smaller input, or check that the file is not damaged",
        )
    owner = np.full(plan.arena_bytes, -1, np.int32)
    value_of = {index: index for index in range(len(graph.tensors))}

    def span(index: int) -> slice:
        start = plan.offset(index)
        return slice(start, start + graph.tensors[index].nbytes)

    def require(index: int, when: str) -> None:
        if graph.tensors[index].is_const:
            return
        held = owner[span(index)]
        if held.size != graph.tensors[index].nbytes or not (held == value_of[index]).all():
            raise PlanError(f"tensor {index} ({graph.tensors[index].name!r}) is lost {when}")

    for index in graph.inputs:
        owner[span(index)] = index
    for position, op in enumerate(graph.ops):
        inputs = [i for i in op.inputs if i >= 0]
        for index in inputs:
            require(index, f"before op {position}")
        if ops.aliases(op, graph) and not graph.tensors[op.inputs[0]].is_const:
            if span(op.inputs[0]) != span(op.outputs[0]):
                raise PlanError(f"op {position} passes its input on, but to another place")
            value_of[op.outputs[0]] = value_of[op.inputs[0]]
        else:
            for index in op.outputs:
                owner[span(index)] = index
        scratch_bytes = choices[position].scratch_bytes
        if scratch_bytes:
            start = plan.scratch(position)
            if start is None or start + scratch_bytes > plan.arena_bytes:
                raise PlanError(f"op {position} has no scratch")
            held = owner[start : start + scratch_bytes]
            if np.isin(held, [value_of[i] for i in inputs]).any():
                raise PlanError(f"op {position}'s scratch lies in one of its inputs")
            held[:] = -1
        may_be_lost = {
            op.inputs[rule.slot]
            for rule in choices[position].in_place
            if not graph.tensors[op.inputs[rule.slot]].is_const
            and _allowed(rule, plan.offset(op.inputs[rule.slot]), plan.offset(op.outputs[0]))
        }
        for index in (*inputs, *op.outputs):
            if index not in may_be_lost:
                require(index, f"during op {position}")
    for index in graph.outputs:
        require(index, "at the end")
    misplaced = [a.offset for a in plan.allocations if a.offset % plan.alignment_bytes]
    if misplaced:
        raise PlanError(f"offsets {misplaced} are not aligned to {plan.alignment_bytes} bytes")


def _allowed(rule: InPlace, source: int, result: int) -> bool:
    """Whether an output may start at `result` and destroy an input that starts at `source`."""
    return result == source if rule.exact else result + rule.lead <= source

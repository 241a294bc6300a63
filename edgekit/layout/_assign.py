"""The cheapest layout of every tensor, by dynamic programming over the ops in their order.

A kernel says in which layout it reads its first input and writes its output. Those of neighbours
must agree; what a kernel needs to bring an input into its own form is part of its own cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edgekit.ir import Graph
from edgekit.kernels import Considered, Goal, flash_bytes, price, with_layouts
from edgekit.memory import (
    MemoryPlan,
    buffers_of,
    layout_of,
    live_bytes,
    overlaps_of,
    plan_memory,
)
from edgekit.ops import KernelChoice, Layout
from edgekit.streaming import Streamed, room_for_arena
from edgekit.targets import CONSOLE, Target

Price = Callable[[KernelChoice], float]


@dataclass(frozen=True, slots=True)
class Edge:
    """A tensor that could lie otherwise than as NHWC.

    Attributes:
        tensor: its index.
        layout: how it lies.
        other: how it could lie.
        saved: instructions that its ops take less as `other`, as modelled; may be negative.
        why: why it lies as it does.
    """

    tensor: int
    layout: Layout
    other: Layout
    saved: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """Kernels with the layouts of all tensors.

    Attributes:
        choices: the kernel of each op.
        plan: where everything lies.
        edges: the tensors that had a choice.
        considered: per op, the kernels with other layouts than NHWC, or why they are refused;
            empty where none was asked for.
    """

    choices: tuple[KernelChoice, ...]
    plan: MemoryPlan
    edges: tuple[Edge, ...] = ()
    considered: tuple[tuple[Considered, ...], ...] = ()


def never(_: Graph, found: Streamed, _target: Target, _goal: Goal) -> Assigned:
    """Everything as NHWC."""
    return Assigned(found.choices, found.plan)


def forced(graph: Graph, found: Streamed, target: Target, _: Goal) -> Assigned:
    """As many tensors otherwise than as NHWC as can be, whatever that costs: for tests."""
    considered = tuple(with_layouts(op, graph, target) for op in graph.ops)
    options = _options(found, considered)
    choices = cheapest(graph, options, lambda c: float(c.reads is None and c.writes is None))
    plan = found.plan
    return Assigned(choices, plan_memory(graph, choices, plan.alignment_bytes, plan.streams))


def assign(graph: Graph, found: Streamed, target: Target, goal: Goal) -> Assigned:
    """The layouts that serve a goal.

    None of them makes the arena larger, unless for `speed`, where the board's RAM is the limit;
    nor the flash, where the board has too little. What a stream's ops read and write stays NHWC.

    Args:
        graph: the graph, with outputs that must stay.
        found: its kernels from NHWC to NHWC, and the streams.
        target: the board.
        goal: what is optimized for.
    """
    considered = tuple(with_layouts(op, graph, target) for op in graph.ops)
    options = _options(found, considered)
    result = Assigned(found.choices, found.plan, considered=considered)
    limits = _Limits.of(graph, found, target, goal)
    banned: dict[int, str] = {}
    while True:
        allowed = [
            [c for c in each if not _uses(graph, position, c) & banned.keys()]
            for position, each in enumerate(options)
        ]
        choices = cheapest(graph, allowed, lambda choice: price(choice, goal))
        planned = {i for i, _ in enumerate(graph.tensors) if layout_of(graph, choices, i)}
        if not planned:
            break
        culprit, why, plan = limits.broken(graph, choices, planned)
        if plan is not None:
            result = replace(result, choices=choices, plan=plan)
            break
        banned[culprit] = why
    return replace(result, edges=_edges(graph, options, result.choices, banned, goal))


def cheapest(
    graph: Graph, options: Sequence[Sequence[KernelChoice]], cost: Price
) -> tuple[KernelChoice, ...]:
    """One kernel of each op, such that all agree on the layouts and the sum of costs is least.

    Op by op; what is remembered is the cheapest way to every combination of the layouts of those
    tensors that are written and still to be read. Inputs and outputs of the graph are NHWC.

    Args:
        graph: the graph.
        options: per op, at least one kernel from NHWC to NHWC.
        cost: of a kernel.
    """
    last = {i: p for p, op in enumerate(graph.ops) for i in op.inputs}
    last |= dict.fromkeys(graph.outputs, len(graph.ops))
    ways: dict[tuple[tuple[int, Layout], ...], tuple[float, tuple[KernelChoice, ...]]]
    ways = {(): (0.0, ())}
    for position, (op, own) in enumerate(zip(graph.ops, options, strict=True)):
        found: dict[tuple[tuple[int, Layout], ...], tuple[float, tuple[KernelChoice, ...]]] = {}
        for state, (paid, taken) in ways.items():
            special = dict(state)
            for choice in own:
                wanted = [choice.reads, *(None for _ in op.inputs[1:])]
                if any(special.get(i) != w for i, w in zip(op.inputs, wanted, strict=False)):
                    continue
                made = op.outputs[0]
                if choice.writes is not None and made in graph.outputs:
                    continue
                left = {i: layout for i, layout in special.items() if last[i] > position}
                if choice.writes is not None and last.get(made, -1) > position:
                    left[made] = choice.writes
                key = tuple(sorted(left.items(), key=lambda each: each[0]))
                total = paid + cost(choice)
                if key not in found or total < found[key][0]:
                    found[key] = (total, (*taken, choice))
        ways = found
    return min(ways.values(), key=lambda each: each[0])[1]


def _options(
    found: Streamed, considered: Sequence[Sequence[Considered]]
) -> list[list[KernelChoice]]:
    """What each op can do: what was chosen, and the kernels with other layouts.

    Ops of streams stay as they are, and those whose weights are stored as codes: flash is short.
    """
    made = []
    for position, (own, others) in enumerate(zip(found.choices, considered, strict=True)):
        alone = own.cost is not None and found.plan.stream(position) is None
        alone = alone and not own.decoded_bytes
        usable = [each.choice for each in others if each.choice is not None]
        made.append([own, *(usable if alone else [])])
    return made


def _uses(graph: Graph, position: int, choice: KernelChoice) -> set[int]:
    """The tensors that a kernel needs to lie otherwise than as NHWC."""
    op = graph.ops[position]
    found = {op.inputs[0]} if choice.reads is not None else set[int]()
    return found | ({op.outputs[0]} if choice.writes is not None else set())


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What layouts must not exceed.

    Attributes:
        arena: bytes.
        flash: bytes of all layers.
        found: what is there as NHWC.
    """

    arena: int
    flash: int
    found: Streamed

    @classmethod
    def of(cls, graph: Graph, found: Streamed, target: Target, goal: Goal) -> _Limits:
        """For a goal on a board."""
        arena, own = found.plan.arena_bytes, flash_bytes(found.choices)
        if goal is Goal.SPEED:
            arena = max(arena, room_for_arena(graph, target))
        return cls(arena, max(own, target.flash_bytes - CONSOLE.flash_bytes), found)

    def broken(
        self, graph: Graph, choices: tuple[KernelChoice, ...], planned: set[int]
    ) -> tuple[int, str, MemoryPlan | None]:
        """The plan, or of the `planned` tensors one that must be NHWC, and why."""
        before = self.found.plan
        buffers = buffers_of(graph, choices, before.alignment_bytes, before.streams)
        overlaps = overlaps_of(graph, choices, buffers, before.streams)
        alive = live_bytes(buffers, len(graph.ops), overlaps)
        size = {i: b.nbytes for b in buffers for i in b.tensors if i in planned}
        largest = max(planned, key=lambda i: size[i])
        if flash_bytes(choices) > self.flash:
            return largest, "the board has too little flash", None
        # Those that are alive when too much is; the largest of them first.
        peak = max(
            (i for b in buffers for i in b.tensors if i in planned),
            key=lambda i: (
                max(
                    alive[p + 1]
                    for b in buffers
                    if i in b.tensors
                    for p in range(b.first, b.last + 1)
                ),
                size[i],
            ),
        )
        if max(alive) <= self.arena:
            plan = plan_memory(graph, choices, before.alignment_bytes, before.streams)
            if plan.arena_bytes <= self.arena:
                return peak, "", plan
        return peak, f"the arena would be larger than {self.arena:,} bytes", None


def _edges(
    graph: Graph,
    options: Sequence[Sequence[KernelChoice]],
    choices: Sequence[KernelChoice],
    banned: dict[int, str],
    goal: Goal,
) -> tuple[Edge, ...]:
    """What was decided of each tensor that had a choice."""
    found = []
    for position, op in enumerate(graph.ops):
        index = op.outputs[0]
        others = {c.writes for c in options[position] if c.writes is not None}
        for other in others:
            around = [position, *(p for p, each in enumerate(graph.ops) if index in each.inputs)]
            saved = _saved(options, around, other, index, graph, goal)
            if saved is None:
                continue
            layout = choices[position].writes
            why = banned.get(index, "")
            if layout is not None:
                why = f"saves {saved:,.0f} instructions"
            elif not why:
                why = "would save nothing" if saved <= 0 else "costs more flash than it saves time"
            found.append(Edge(index, layout, other, saved, why))
    return tuple(found)


def _saved(
    options: Sequence[Sequence[KernelChoice]],
    around: Sequence[int],
    other: Layout,
    index: int,
    graph: Graph,
    goal: Goal,
) -> float | None:
    """Instructions that the ops around a tensor save if it alone lies otherwise."""
    total = 0.0
    for position in around:
        maker = index in graph.ops[position].outputs
        fitting = [
            c
            for c in options[position]
            if (c.writes if maker else c.reads) == other
            and (c.reads if maker else c.writes) is None
        ]
        if not fitting:
            return None
        taken = min(fitting, key=lambda choice: price(choice, goal))
        own = options[position][0]
        assert own.cost is not None  # it has other options
        assert taken.cost is not None
        total += own.cost.instructions - taken.cost.instructions
    return total

"""Which kernel computes each op, and where the tensors lie: chosen for a goal, within a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edgekit import kernels
from edgekit.ir import Graph
from edgekit.kernels import Considered, Goal
from edgekit.memory import MemoryPlan, buffers_of, live_bytes, overlaps_of, plan_memory
from edgekit.ops import KernelChoice
from edgekit.streaming import room_for_arena
from edgekit.targets import CONSOLE, Target


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The kernels of a graph.

    Attributes:
        considered: per op, every variant with its choice or the reason why it is refused.
        choices: the kernel of each op.
        plan: where the tensors lie then.
        goal: what they were chosen for.
        short: of what the board has too little for the goal's own choice: `flash`, `RAM`.

    `choices` are those of whole layers, also where some run band by band in the plan.
    """

    considered: tuple[tuple[Considered, ...], ...]
    choices: tuple[KernelChoice, ...]
    plan: MemoryPlan
    goal: Goal
    short: tuple[str, ...] = ()

    def reordered(self, order: Sequence[int], plan: MemoryPlan) -> Selection:
        """The same for the ops in another order, with its plan."""
        return replace(
            self,
            considered=tuple(self.considered[i] for i in order),
            choices=tuple(self.choices[i] for i in order),
            plan=plan,
        )


def select(graph: Graph, target: Target, goal: Goal) -> Selection:
    """The kernels that serve the goal best on this board.

    Where the board's flash does not suffice, layers get smaller kernels, those first that lose the
    fewest instructions per byte; where the RAM does not, the layer during which most is alive gets
    a kernel with less scratch, until the plan fits or nothing is left to change. A model that is
    too large even then is refused by who asks for it: this function takes what there is.
    """
    considered = tuple(kernels.survey(op, graph, target) for op in graph.ops)
    options = [[c.choice for c in each if c.choice is not None] for each in considered]
    flash = target.flash_bytes - CONSOLE.flash_bytes
    arena = room_for_arena(graph, target)
    ideal = kernels.best(options, goal)
    choices = kernels.best(options, goal, flash)
    short = [] if _same(choices, ideal) else ["flash"]
    plan = plan_memory(graph, choices, target.core.alignment_bytes)
    if plan.arena_bytes > arena:
        smaller = _within(graph, target, goal, options, choices, (flash, arena))
        if smaller is not None:
            choices, plan = smaller
            short.append("RAM")
    return Selection(considered, choices, plan, goal, tuple(short))


def _same(one: Sequence[KernelChoice], other: Sequence[KernelChoice]) -> bool:
    return all(a is b for a, b in zip(one, other, strict=True))


def _within(
    graph: Graph,
    target: Target,
    goal: Goal,
    options: Sequence[Sequence[KernelChoice]],
    choices: tuple[KernelChoice, ...],
    room: tuple[int, int],
) -> tuple[tuple[KernelChoice, ...], MemoryPlan] | None:
    """Choices whose plan fits the arena that there is room for; None where none is found."""
    flash, arena = room
    left = [list(layer) for layer in options]
    alignment = target.core.alignment_bytes
    while True:
        buffers = buffers_of(graph, choices, alignment)
        overlaps = overlaps_of(graph, choices, buffers)
        alive = live_bytes(buffers, len(graph.ops), overlaps)[1:]
        changeable = [i for i, layer in enumerate(left) if len(layer) > 1 and alive[i] > 0]
        if not changeable:
            return None
        worst = max(changeable, key=lambda i: alive[i])
        left[worst] = [each for each in left[worst] if each is not choices[worst]]
        choices = kernels.best(left, goal, flash)
        plan = plan_memory(graph, choices, alignment)
        if plan.arena_bytes <= arena:
            return choices, plan

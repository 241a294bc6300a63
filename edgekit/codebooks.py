"""Which layers keep their weights as codes and a book of values: flash against RAM and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgekit import kernels
from edgekit.ir import Graph
from edgekit.kernels import Goal
from edgekit.memory import MemoryPlan, buffers_of, live_bytes, overlaps_of, plan_memory
from edgekit.ops import ConstArray, KernelChoice
from edgekit.streaming import Streamed, room_for_arena
from edgekit.targets import CONSOLE, Target

# A byte of RAM is worth so many of flash. Layers with few values are there because flash is short:
# RAM that the board has is there to be used, as long as it is less than the flash that it saves.
_FLASH_PER_RAM = 1
# And an instruction of an inference so many: for size, time hardly counts.
_FLASH_PER_INSTRUCTION = 0.002
# Smaller parts of a layer save little more RAM.
_MOST_PARTS = 64


def choose(graph: Graph, made: Streamed, target: Target, goal: Goal) -> Streamed:
    """The kernels and the plan with those layers' weights as codes for which that is worth it.

    size: as long as the flash that is saved is worth more than the RAM and the time that it costs.
    Else only where the board's flash does not suffice, and no further than that asks for.

    Args:
        graph: the graph.
        made: kernels, streams and plan with all weights as they are.
        target: the board.
        goal: what is optimized for.
    """
    flash = target.flash_bytes - CONSOLE.flash_bytes
    if goal is not Goal.SIZE and kernels.flash_bytes(made.choices) <= flash:
        return made
    arena = max(room_for_arena(graph, target), made.plan.arena_bytes)

    def price(each: Streamed) -> tuple[float, ...]:
        taken = kernels.flash_bytes(each.choices) - _stored_once(each.choices)
        paid = float(taken + _FLASH_PER_RAM * each.plan.arena_bytes)
        paid += _FLASH_PER_INSTRUCTION * _instructions(each.choices)
        return max(each.plan.arena_bytes - arena, 0), max(taken - flash, 0), paid

    return min([made, *_ever_fewer(graph, made)], key=price)


def _ever_fewer(graph: Graph, made: Streamed) -> Iterator[Streamed]:
    """First with codes wherever they take less flash; then, again and again, the layer during which
    most is alive decodes smaller parts, or has no codes where it can't.
    """
    shared = kernels.sharers(made.choices)
    found = {
        i: kernels.coded(choice, _runs(made.plan, i), shared=i in shared)
        for i, choice in enumerate(made.choices)
    }
    codes = {i: each for i, each in found.items() if each is not None}
    parts = dict.fromkeys(codes, 1)
    while codes:
        choices = tuple(codes.get(i, choice) for i, choice in enumerate(made.choices))
        streams = made.plan.streams
        yield Streamed(choices, plan_memory(graph, choices, made.plan.alignment_bytes, streams))
        buffers = buffers_of(graph, choices, made.plan.alignment_bytes, streams)
        overlaps = overlaps_of(graph, choices, buffers, streams)
        alive = live_bytes(buffers, len(graph.ops), overlaps)[1:]
        worst = max(codes, key=lambda i: alive[i])
        parts[worst] *= 2
        smaller = None
        if made.plan.stream(worst) is None and parts[worst] <= _MOST_PARTS:
            choice = made.choices[worst]
            smaller = kernels.coded(choice, parts=parts[worst], shared=worst in shared)
        if smaller is None:
            del codes[worst]
        else:
            codes[worst] = smaller


def _stored_once(choices: Sequence[KernelChoice]) -> int:
    """Bytes of constants that are there already, as another layer's."""
    known: set[tuple[str, bytes]] = set()
    saved = 0
    for choice in choices:
        values = [value for call in choice.calls for _, value in call.params]
        for array in [a for v in values if isinstance(v, ConstArray) for a in v.stored]:
            key = array.dtype.str, array.tobytes()
            saved += array.nbytes if key in known else 0
            known.add(key)
    return saved


def _runs(plan: MemoryPlan, position: int) -> int:
    """How many times an op's kernel runs in an inference."""
    stream = plan.stream(position)
    if stream is None:
        return 1
    return sum(stream.band(step, position).made.count > 0 for step in range(len(stream.steps)))


def _instructions(choices: Sequence[KernelChoice]) -> float:
    return sum(choice.cost.instructions for choice in choices if choice.cost is not None)

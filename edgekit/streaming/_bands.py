"""The kernels of a stream: one for all bands of an op, and what differs from band to band."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.kernels import Goal, with_function
from edgekit.ops import Band, ConstArray, Cost, InPlace, KernelChoice, Stream
from edgekit.ops._kernel import ParamValue
from edgekit.targets import Target

Select = Callable[[Op, Graph, Target, Goal], KernelChoice]

# How a kernel goes about its work, not what it computes: any band may have the tallest one's.
_TUNING = frozenset({"head", "unroll", "loops", "band_rows"})

# What a kernel reads at run time. Any other number may be part of an instruction.
_ROWS = frozenset({"input_h", "output_h", "pad_h", "count", "size_0", "size_1", "size_2", "size_3"})
# What assembler is made for, so that it can't differ among calls, and the value that serves all.
_GENERAL = {"last": 1}


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """Finds kernels for bands; remembers them.

    Attributes:
        graph: the graph.
        choices: the kernel of each op over the whole image.
        target: the board.
        lean: whether the form with the least scratch is taken, not the fastest one.
        known: what was found.
    """

    graph: Graph
    choices: tuple[KernelChoice, ...]
    target: Target
    lean: bool
    known: dict[tuple[int, tuple[int, ...]], KernelChoice | None] = dataclasses.field(
        default_factory=dict
    )

    def of_band(self, position: int, band: Band) -> KernelChoice | None:
        """The variant that computes the whole op, for a band of it; None: it can't."""
        read = band.read
        key = position, (band.made.count, read.count, read.above, read.below)
        if key not in self.known:
            op, graph = ops.banded(self.graph.ops[position], self.graph, read, band.made.count)
            forms = with_function(self.choices[position], op, graph, self.target)
            self.known[key] = min(forms, key=self._rank, default=None)
        return self.known[key]

    def _rank(self, choice: KernelChoice) -> tuple[float, float]:
        work = choice.cost.instructions if choice.cost is not None else 0.0
        return (choice.scratch_bytes, work) if self.lean else (work, choice.scratch_bytes)

    def of_op(
        self, stream: Stream, position: int
    ) -> tuple[KernelChoice, tuple[tuple[str, tuple[int, ...]], ...]] | None:
        """One kernel for all of an op's bands, and its parameters that differ: Stream.fields.

        Its scratch and its rules for overlaps suffice for each band; its cost is that of all.
        """
        runs = stream.runs()
        bands = [stream.band(step, position) for step, _ in runs]
        tallest = max(bands, key=lambda band: band.made.count)
        found = [self.of_band(position, b) if b.made.count else None for b in bands]
        model = self.of_band(position, tallest)
        present = [choice for choice in found if choice is not None]
        if model is None or len(present) < sum(1 for b in bands if b.made.count):
            return None
        if len(model.calls) != 1 or any(len(c.calls) != 1 for c in present):
            return None
        fields = _fields(model, [choice or model for choice in found])
        if fields is None:
            return None
        times = [count for _, count in runs]
        return (
            dataclasses.replace(
                _generalized(model, present),
                scratch_bytes=max(choice.scratch_bytes for choice in present),
                cost=_cost(model, found, times),
                in_place=_rules(present),
                scratch_in_place=(),
            ),
            fields,
        )


def _fields(
    model: KernelChoice, found: list[KernelChoice]
) -> tuple[tuple[str, tuple[int, ...]], ...] | None:
    """The numbers that differ among calls; None where something else does."""
    differing = []
    for slot, (name, value) in enumerate(model.calls[0].params):
        values: list[ParamValue] = [choice.calls[0].params[slot][1] for choice in found]
        if all(_same(value, other) for other in values) or name in _TUNING or name in _GENERAL:
            continue
        numbers = [int(v) for v in values if isinstance(v, int) and not isinstance(v, bool)]
        if len(numbers) < len(values) or name not in _ROWS:
            return None
        differing.append((name, tuple(numbers)))
    return tuple(differing)


def _generalized(model: KernelChoice, found: list[KernelChoice]) -> KernelChoice:
    """The model with such parameters as serve every band where they differ."""
    params = tuple(
        (name, _GENERAL[name])
        if name in _GENERAL and any(c.calls[0].params[slot][1] != value for c in found)
        else (name, value)
        for slot, (name, value) in enumerate(model.calls[0].params)
    )
    calls = (dataclasses.replace(model.calls[0], params=params),)
    return dataclasses.replace(model, calls=calls)


def _same(one: ParamValue, other: ParamValue) -> bool:
    if isinstance(one, ConstArray) and isinstance(other, ConstArray):
        return one.data.dtype == other.data.dtype and np.array_equal(one.data, other.data)
    return type(one) is type(other) and one == other


def _rules(choices: list[KernelChoice]) -> tuple[InPlace, ...]:
    """What holds for every band: a slot's rule with the longest lead."""
    rules = []
    for slot in sorted({rule.slot for choice in choices for rule in choice.in_place}):
        each = [[r for r in c.in_place if r.slot == slot and not r.exact] for c in choices]
        if all(each):
            rules.append(InPlace(slot, max(rule.lead for own in each for rule in own)))
    return tuple(rules)


def _cost(model: KernelChoice, found: list[KernelChoice | None], times: list[int]) -> Cost | None:
    """Of all bands together."""
    total = 0.0
    for choice, count in zip(found, times, strict=True):
        if choice is not None and choice.cost is not None:
            total += choice.cost.instructions * count
    return None if model.cost is None else dataclasses.replace(model.cost, instructions=total)

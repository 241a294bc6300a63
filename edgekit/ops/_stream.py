"""Ops that run together, a band of rows at a time, so that what lies between them stays small."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.ops._rows import Rows


@dataclass(frozen=True, slots=True)
class Band:
    """What one op of a stream does in one step.

    Attributes:
        made: the rows of its output that it makes; none in some steps.
        read: the rows of its inputs that it reads for them, with their padding.
        base: the row of its output that lies at the begin of the output's buffer in this step;
            0 where the output is a whole tensor.
    """

    made: Rows
    read: Rows
    base: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """Neighbouring ops of a graph that run step by step, each step making some rows of each.

    A tensor that only ops of the stream read is never whole: its buffer holds what the next
    steps still need, moved to the buffer's begin, and behind it what the step adds.

    Attributes:
        first: position of the first op.
        last: position of the last op, the only one whose output is a whole tensor.
        steps: per step, the band of every op, in their order.
        fields: per op, the parameters of its kernel that differ among its bands: names, and
            the values in each of `runs`.
    """

    first: int
    last: int
    steps: tuple[tuple[Band, ...], ...]
    fields: tuple[tuple[tuple[str, tuple[int, ...]], ...], ...] = ()

    @property
    def positions(self) -> range:
        """Of its ops in the graph."""
        return range(self.first, self.last + 1)

    def band(self, step: int, position: int) -> Band:
        """What the op at a position of the graph does in a step."""
        return self.steps[step][position - self.first]

    def base(self, step: int, position: int) -> int:
        """The row at the begin of a buffer; behind the last step nothing is kept."""
        if step < len(self.steps):
            return self.band(step, position).base
        return self.band(step - 1, position).made.end

    def kept(self, step: int, position: int) -> int:
        """Rows of an op's output that the steps behind this one still need."""
        return self.band(step, position).made.end - self.base(step + 1, position)

    def rows(self, position: int) -> int:
        """Rows that an op's output needs room for."""
        return max(
            bands[position - self.first].made.end - bands[position - self.first].base
            for bands in self.steps
        )

    def runs(self) -> list[tuple[int, int]]:
        """Steps that do the same, one behind the other: (first of them, how many)."""
        found: list[tuple[int, int]] = []
        for step in range(len(self.steps)):
            if found and self._shape(step) == self._shape(found[-1][0]):
                found[-1] = (found[-1][0], found[-1][1] + 1)
            else:
                found.append((step, 1))
        return found

    def advance(self, step: int, position: int) -> int:
        """Rows by which an op's input moves on in a whole tensor; behind the last step, any."""
        if step + 1 == len(self.steps):
            return self.advance(step - 1, position) if step else 0
        first = self.band(step, position).read.first
        return self.band(step + 1, position).read.first - first

    def _shape(self, step: int) -> tuple[tuple[int, ...], ...]:
        """All that a step's code depends on, but for where whole tensors' rows lie."""
        found = []
        for position in self.positions:
            band = self.band(step, position)
            read, inner = band.read, position < self.last
            made = (band.made.first - band.base, self.kept(step, position)) if inner else ()
            skips = (read.first - self.band(step, p).base for p in range(self.first, position))
            found.append(
                (
                    *(band.made.count, read.count, read.above, read.below),
                    *(self.advance(step, position), *made, *skips),
                )
            )
        return tuple(found)

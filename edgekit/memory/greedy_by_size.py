"""Greedy placement, largest buffer first, improved by trying other orders.

Source of the rule: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
Inference", 2020 (greedy by size). Each buffer goes to the lowest gap that holds it between the
buffers already placed that are alive with it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from edgekit.memory._plan import Buffer, Overlap

_TRIES = 1500  # orders; 30 buffers take less than half a second


def place(
    buffers: Sequence[Buffer], overlaps: Sequence[Overlap], bound: int, alignment: int
) -> list[int]:
    """Offsets for the buffers, in their order; ends early when the lower bound is reached.

    Args:
        buffers: what to place; sizes are multiples of the alignment.
        overlaps: pairs of them that may share bytes, and how.
        bound: no arena can be smaller.
        alignment: bytes that every offset is a multiple of.
    """
    rules = _Rules(buffers, overlaps, alignment)
    everything = range(len(buffers))
    starts = [
        sorted(everything, key=lambda i: (-buffers[i].nbytes, buffers[i].first)),
        sorted(everything, key=lambda i: (buffers[i].first, -buffers[i].nbytes)),
        _by_need(buffers),
        # Backwards: a chain of ops that work in place each finds its output below it already.
        sorted(everything, key=lambda i: (-buffers[i].last, -buffers[i].first)),
        # The same, with the scratch buffers between them last: they fit beside the chain.
        sorted(everything, key=lambda i: (-buffers[i].nbytes, -buffers[i].last)),
    ]
    found = [(*rules.place_in_order(order), order) for order in starts]
    best, best_size, order = min(found, key=lambda plan: plan[1])
    # A fixed seed: the same model must give the same plan.
    choose = random.Random(0)
    for _ in range(_TRIES):
        if best_size == bound:
            break
        trial = _disturbed(order, choose)
        offsets, size = rules.place_in_order(trial)
        if size <= best_size:
            best, best_size, order = offsets, size, trial
    return best


def _by_need(buffers: Sequence[Buffer]) -> list[int]:
    """Those first that are alive when the most is; the larger ones of them first."""
    ends = {b.first for b in buffers} | {b.last for b in buffers}
    alive = {at: sum(b.nbytes for b in buffers if b.first <= at <= b.last) for at in ends}
    need = [max(alive[b.first], alive[b.last]) for b in buffers]
    return sorted(range(len(buffers)), key=lambda i: (-need[i], -buffers[i].nbytes))


def _disturbed(order: Sequence[int], choose: random.Random) -> list[int]:
    """The order with one buffer moved elsewhere."""
    trial = list(order)
    moved = trial.pop(choose.randrange(len(trial)))
    trial.insert(choose.randrange(len(trial) + 1), moved)
    return trial


class _Rules:
    """Where a buffer may lie, given where others do."""

    def __init__(
        self, buffers: Sequence[Buffer], overlaps: Sequence[Overlap], alignment: int
    ) -> None:
        self._sizes = [b.nbytes for b in buffers]
        self._meets = [
            [j for j, other in enumerate(buffers) if j != i and one.meets(other)]
            for i, one in enumerate(buffers)
        ]
        self._lead: dict[tuple[int, int], int] = {}
        self._exact: set[tuple[int, int]] = set()
        for o in overlaps:
            if o.exact:
                self._exact |= {(o.source, o.result), (o.result, o.source)}
            else:
                # Rounded up, so that an offset that is a multiple of the alignment stays one.
                self._lead[o.source, o.result] = -(-o.lead // alignment) * alignment

    def _forbidden(self, i: int, j: int, at: int) -> list[tuple[int, int]]:
        """The open intervals in which `i` may not start while `j` lies at `at`."""
        low, high = at - self._sizes[i], at + self._sizes[j]
        if (i, j) in self._exact:
            return [(low, at), (at, high)]
        if (j, i) in self._lead:  # i is the output that may reach into j
            low = max(low, at - self._lead[j, i])
        if (i, j) in self._lead:  # i is the input that j may reach into
            high = min(high, at + self._lead[i, j])
        return [(low, high)]

    def place_in_order(self, order: Sequence[int]) -> tuple[list[int], int]:
        """Offsets and arena size when the buffers are placed in this order, each lowest."""
        placed: dict[int, int] = {}
        for i in order:
            taken = sorted(
                interval
                for j in self._meets[i]
                if j in placed
                for interval in self._forbidden(i, j, placed[j])
            )
            placed[i] = _lowest(taken)
        offsets = [placed[i] for i in range(len(self._sizes))]
        return offsets, max(o + s for o, s in zip(offsets, self._sizes, strict=True))


def _lowest(forbidden: Sequence[tuple[int, int]]) -> int:
    """The lowest start outside of all open intervals, which are sorted by their lower ends."""
    at = 0
    for low, high in forbidden:
        if low < at < high:
            at = high
    return at

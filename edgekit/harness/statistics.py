"""The statistics of repeated measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.errors import InputError

#: Medians of consecutive batches that differ by less are the same.
STABLE = 0.005
#: So many batches in a row must agree.
AGREEING = 3


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of repeated measurements, in the unit of the values.

    Attributes:
        count: number of values.
        median: half of them are below.
        p90: 90 % are at or below.
        p99: 99 % are at or below.
        spread: largest minus smallest.
        drift: how much the median of the last third is above that of the first.
    """

    count: int
    median: float
    p90: float
    p99: float
    spread: float
    drift: float


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank).

    Raises:
        InputError: there are no values.
    """
    if not values:
        raise InputError("no measurements")
    rank = math.ceil(percent / 100.0 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle.

    Raises:
        InputError: there are no values.
    """
    if not values:
        raise InputError("no measurements")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def statistics(values: Sequence[float]) -> Statistics:
    """Summarize measurements, in the order in which they were made.

    Raises:
        InputError: there are none.
    """
    third = max(1, len(values) // 3)
    return Statistics(
        count=len(values),
        median=median(values),
        p90=percentile(values, 90),
        p99=percentile(values, 99),
        spread=max(values) - min(values),
        drift=median(values[-third:]) - median(values[:third]),
    )


def is_stable(values: Sequence[float], batch: int) -> bool:
    """Whether the medians of the last batches agree to STABLE.

    Args:
        values: in the order in which they were made.
        batch: length of a batch.
    """
    if len(values) < AGREEING * batch:
        return False
    ends = [len(values) - i * batch for i in range(AGREEING)]
    medians = [median(values[end - batch : end]) for end in ends]
    return max(medians) - min(medians) <= STABLE * abs(median(medians))

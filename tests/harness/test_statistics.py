from __future__ import annotations

import pytest

from edgekit.errors import InputError
from edgekit.harness.statistics import is_stable, median, percentile, statistics


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    assert percentile(values, 90) == 90
    assert percentile(values, 99) == 99
    assert percentile(values, 100) == 100
    assert percentile(values, 0) == 1
    assert percentile([7.0], 99) == 7


def test_median() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5


def test_statistics() -> None:
    found = statistics([10.0, 12.0, 11.0, 30.0])
    assert (found.count, found.median, found.p90, found.p99, found.spread) == (4, 11.5, 30, 30, 20)
    with pytest.raises(InputError, match="no measurements"):
        statistics([])


def test_drift_is_from_the_first_third_to_the_last() -> None:
    assert statistics([10.0, 10, 10, 11, 11, 11, 13, 13, 13]).drift == 3
    assert statistics([13.0, 12, 11]).drift == -2
    assert statistics([5.0]).drift == 0
    assert statistics([1.0, 9.0] * 30).drift == 0


def test_stable_means_three_batches_in_a_row() -> None:
    assert not is_stable([100.0] * 5, 2)
    assert is_stable([100.0] * 6, 2)
    assert is_stable([500.0] * 4 + [100.0] * 6, 2)
    assert not is_stable([100.0, 100, 100, 100, 101, 101], 2)
    assert is_stable([100.0, 100, 100.2, 100.2, 100.4, 100.4], 2)

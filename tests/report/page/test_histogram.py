"""Every latency is in one bin."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.report.page.histogram import bins


@pytest.mark.parametrize(
    "values", [[5.0], [7.0] * 10, [1.0, 2.0], np.random.default_rng(1).normal(100, 1, 500).tolist()]
)
def test_bins(values: list[float]) -> None:
    low, step, counts = bins(values)
    assert sum(counts) == len(values)
    assert low <= min(values)
    assert low + step * len(counts) >= max(values) * (1 - 1e-12)


def test_values_are_where_they_belong() -> None:
    low, step, counts = bins([0.0, 0.0, 10.0])
    assert (low, counts[0], counts[-1]) == (0.0, 2, 1)
    assert step * len(counts) == pytest.approx(10.0)

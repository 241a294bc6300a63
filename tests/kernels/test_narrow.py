"""Narrow forms against the reference, for every accumulator of their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.kernels._narrow import Narrow, narrow
from edgekit.kernels._thresholds import Requant


def expect_equal(requants: list[Requant], bounds: list[tuple[int, int]]) -> Narrow:
    """The forms, after each was compared on its whole interval."""
    forms = narrow(requants, bounds)
    assert forms is not None
    for channel, (requant, (lo, hi)) in enumerate(zip(requants, bounds, strict=True)):
        acc = np.arange(lo, hi + 1, dtype=np.int64)
        np.testing.assert_array_equal(forms.apply(channel, acc), requant.apply(acc))
    # What ek_narrow.h needs where it takes the upper word of one product instead.
    assert (forms.multiplier < 1 << 2 * forms.split).all()
    assert (forms.reach < 1 << 32 - forms.split).all()
    return forms


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("zero_point", [-128, 127, 0, 5, -127])
def test_random_layers(seed: int, zero_point: int) -> None:
    rng = np.random.default_rng(seed)
    requants, bounds = [], []
    for _ in range(int(rng.integers(1, 9))):
        multiplier = int(rng.integers(2**30, 2**31))
        requants.append(Requant(multiplier, -int(rng.integers(3, 9)), zero_point))
        middle, half = int(rng.integers(-(2**15), 2**15)), int(rng.integers(0, 2**16))
        bounds.append((middle - half, middle + half))
    expect_equal(requants, bounds)


@pytest.mark.parametrize(
    ("lo", "hi"),
    [(-100_000, -50_000), (50_000, 100_000), (7, 7), (0, 0), (-1, 0), (-70_000, 90_000)],
)
def test_intervals_beside_and_around_the_thresholds(lo: int, hi: int) -> None:
    for zero_point in (-128, 0, 127):
        expect_equal([Requant(2**30 + 12345, -7, zero_point)] * 2, [(lo, hi), (-300, 400)])


def test_fused_activations() -> None:
    expect_equal([Requant(2**31 - 1, -6, -100, -100, 20)], [(-60_000, 60_000)])
    expect_equal([Requant(2**30, -6, 20, -71, 111)], [(-60_000, 60_000)])
    expect_equal([Requant(2**30, -6, 20, 20, 20)], [(-60_000, 60_000)])


def test_dead_channels() -> None:
    """Multipliers of 0 or almost 0, beside a live one, with sums of any size."""
    far = 2**30
    expect_equal(
        [Requant(0, 0, -128), Requant(2**30, -25, -128), Requant(2**30, -7, -128)],
        [(-500, 500), (-far, -far + 5000), (-40_000, 40_000)],
    )


def test_positive_and_negative_sums_have_addends_of_their_own_where_they_must() -> None:
    forms = expect_equal([Requant(1518500250, -7, 3)], [(-60_000, 60_000)])
    assert forms.step.any()


def test_a_reference_that_wraps_around_has_no_form() -> None:
    assert narrow([Requant(2**30, 8, 0)], [(-(2**24), 2**24)]) is None

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ops._fixed_point import (
    exp_on_negative_values,
    logistic,
    one_over_one_plus_x,
    tanh,
)
from edgekit.ops._quant import INT32_MAX

STEPS = 20_001


@pytest.mark.parametrize("integer_bits", [4, 5])
def test_exp_is_near_the_real_one(integer_bits: int) -> None:
    x = np.linspace(-(1 << 31), -1, STEPS).astype(np.int64)
    found = exp_on_negative_values(x, integer_bits) / 2.0**31
    real = np.exp(x / 2.0 ** (31 - integer_bits))
    assert np.abs(found - real).max() < 1e-6
    assert found.min() >= 0


def test_exp_of_0_is_the_largest_number() -> None:
    assert exp_on_negative_values(np.array([0], np.int64), 5)[0] == INT32_MAX


def test_reciprocal_is_near_the_real_one() -> None:
    x = np.linspace(0, INT32_MAX, STEPS).astype(np.int64)
    found = one_over_one_plus_x(x)
    assert np.abs(found / 2.0**31 - 1 / (1 + x / 2.0**31)).max() < 1e-7
    assert found.max() <= INT32_MAX


def test_logistic_is_near_the_real_one_and_symmetric() -> None:
    x = np.linspace(-INT32_MAX, INT32_MAX, STEPS).astype(np.int64)
    found = logistic(x, 4)
    assert np.abs(found / 2.0**31 - 1 / (1 + np.exp(-x / 2.0**27))).max() < 1e-6
    away_from_0 = x != 0
    assert (found + found[::-1] == INT32_MAX)[away_from_0].all()
    assert logistic(np.array([0], np.int64), 4)[0] == 1 << 30


def test_tanh_is_near_the_real_one_and_odd() -> None:
    x = np.linspace(-INT32_MAX, INT32_MAX, STEPS).astype(np.int64)
    found = tanh(x, 4)
    assert np.abs(found / 2.0**31 - np.tanh(x / 2.0**27)).max() < 1e-6
    np.testing.assert_array_equal(found, -found[::-1])
    assert tanh(np.array([0], np.int64), 4)[0] == 0

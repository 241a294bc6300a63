from __future__ import annotations

import math

import numpy as np

from edgekit.harness.metrics import metrics


def test_equal_outputs() -> None:
    values = np.array([[0.1, 0.9], [0.0, 0.0]])
    found = metrics(values, values)
    assert (found.acc, found.rmse, found.mae, found.l2r, found.cos) == (1, 0, 0, 0, 1)


def test_known_differences() -> None:
    got, expected = np.array([[3.0, 4.0]]), np.array([[4.0, 3.0]])
    found = metrics(got, expected)
    assert found.acc == 0
    assert found.rmse == 1
    assert found.mae == 1
    assert math.isclose(found.l2r, math.sqrt(2) / 5)
    assert math.isclose(found.cos, 24 / 25)


def test_a_device_that_answers_zero() -> None:
    found = metrics(np.zeros((1, 2)), np.ones((1, 2)))
    assert found.cos == 0
    assert found.l2r == math.inf

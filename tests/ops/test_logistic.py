from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, PROBABILITY, compare_every_value, random_quants

OP = "logistic"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_output", "zero point 0", tensors={-1: {"quant": Quant((1 / 256,), (0,))}}),
    Broken("constraint_output", "scale 0.005", tensors={-1: {"quant": Quant((0.005,), (-128,))}}),
    Broken("constraint_scale", "scale 1e-09", tensors={0: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestLogistic(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("quant", random_quants(80, 1e-7, 30.0), ids=str)
def test_every_value(quant: dict[str, float]) -> None:
    found = compare_every_value(OP, quant, PROBABILITY).astype(np.int64)
    assert (np.diff(found) >= 0).all()


def test_is_near_the_real_function() -> None:
    found = compare_every_value(OP, {"scale": 0.05, "zero_point": 10}, PROBABILITY)
    real = 256 / (1 + np.exp(-0.05 * (INT8.astype(np.float64) - 10))) - 128
    assert np.abs(found - real.clip(-128, 127)).max() <= 1

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare_every_value, random_quants

OP = "tanh"
RESULT = {"scale": 1 / 128, "zero_point": 0}

BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_types", "2 scales", tensors={-1: {"quant": Quant((0.1, 0.2), (0, 0))}}),
    Broken("constraint_types", "zero point 128", tensors={0: {"quant": Quant((0.1,), (128,))}}),
    Broken("constraint_output", "zero point 1", tensors={-1: {"quant": Quant((1 / 128,), (1,))}}),
    Broken("constraint_output", "scale 0.005", tensors={-1: {"quant": Quant((0.005,), (0,))}}),
    Broken("constraint_scale", "scale 1e-09", tensors={0: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestTanh(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("quant", random_quants(80, 1e-7, 30.0), ids=str)
def test_every_value(quant: dict[str, float]) -> None:
    found = compare_every_value(OP, quant, RESULT).astype(np.int64)
    assert (np.diff(found) >= 0).all()


def test_is_near_the_real_function() -> None:
    found = compare_every_value(OP, {"scale": 0.05, "zero_point": 10}, RESULT)
    real = 128 * np.tanh(0.05 * (INT8.astype(np.float64) - 10))
    assert np.abs(found - real.clip(-128, 127)).max() <= 1

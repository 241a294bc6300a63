from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "dequantize"

BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'out' is int8", tensors={-1: {"dtype": DType.INT8}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_types", "2 scales", tensors={0: {"quant": Quant((0.1, 0.2), (0, 0))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestDequantize(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("quant", random_quants(40, 1e-38, 1e36), ids=str)
def test_every_value(quant: dict[str, float]) -> None:
    assert compare_every_value(OP, quant, {"dtype": "float32"}).dtype == np.float32

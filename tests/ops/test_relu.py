from __future__ import annotations

import pytest

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "relu"

BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_types", "2 scales", tensors={-1: {"quant": Quant((0.1, 0.2), (0, 0))}}),
    Broken("constraint_types", "zero point 128", tensors={0: {"quant": Quant((0.1,), (128,))}}),
    Broken("constraint_scales", "0.05 and 1e-09", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "same_scale": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestRelu(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("position", range(40))
def test_every_value(position: int) -> None:
    quant, output = QUANTS[2 * position : 2 * position + 2]
    assert compare_every_value(OP, quant, output).min() >= output["zero_point"]


QUANTS = random_quants(80)

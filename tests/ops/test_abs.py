from __future__ import annotations

import pytest

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "abs"

BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_scales", "0.05 and 1e-09", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
}


class TestAbs(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


QUANTS = random_quants(80, 1e-3, 1e1)


@pytest.mark.parametrize("position", range(40))
def test_every_value(position: int) -> None:
    compare_every_value(OP, *QUANTS[2 * position : 2 * position + 2])

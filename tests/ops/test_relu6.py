from __future__ import annotations

import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "relu6"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_scales", "the output 0.06", tensors={-1: {"quant": Quant((0.06,), (-30,))}}),
    Broken("constraint_scales", "and -29", tensors={-1: {"quant": Quant((0.05,), (-29,))}}),
    Broken(
        "constraint_limit",
        "RELU6 with the scale",
        tensors={i: {"quant": Quant((1e-10,), (0,))} for i in (0, -1)},
    ),
]

SHAPES = {
    "within": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestRelu6(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("quant", random_quants(40), ids=str)
def test_every_value(quant: dict[str, float]) -> None:
    assert compare_every_value(OP, quant, {}).min() >= quant["zero_point"]

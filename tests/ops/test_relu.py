from __future__ import annotations

import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "relu"

BROKEN = [
    *TYPE_RULES,
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

from __future__ import annotations

import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare_every_value, random_quants

OP = "elu"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_scales", "0.05 and 1e-09", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
}


class TestElu(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


QUANTS = random_quants(80, 1e-3, 1e1)


@pytest.mark.parametrize("position", range(40))
def test_every_value(position: int) -> None:
    compare_every_value(OP, *QUANTS[2 * position : 2 * position + 2])

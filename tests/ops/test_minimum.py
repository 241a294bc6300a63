from __future__ import annotations

from tests.support.broken import EXTREMUM_RULES
from tests.support.op_suite import OpSuite

OP = "minimum"

BROKEN = [
    *EXTREMUM_RULES,
]

SHAPES = {
    "same_shape": (1, 5, 7, 3),
    "constant_first": (1, 3, 4, 5),
    "broadcast_crossed": (2, 3, 4, 5),
}


class TestMinimum(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

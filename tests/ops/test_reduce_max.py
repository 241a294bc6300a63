from __future__ import annotations

from tests.support.broken import REDUCED_EXTREMUM_RULES, REDUCED_EXTREMUM_SHAPES
from tests.support.op_suite import OpSuite


class TestReduceMax(OpSuite):
    op = "reduce_max"
    broken = REDUCED_EXTREMUM_RULES
    shapes = REDUCED_EXTREMUM_SHAPES

from __future__ import annotations

from tests.support.broken import REDUCED_EXTREMUM_RULES, REDUCED_EXTREMUM_SHAPES
from tests.support.op_suite import OpSuite


class TestReduceMin(OpSuite):
    op = "reduce_min"
    broken = REDUCED_EXTREMUM_RULES
    shapes = REDUCED_EXTREMUM_SHAPES

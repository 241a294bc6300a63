from __future__ import annotations

from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "squeeze"

BROKEN = [
    *COPY_RULES,
    Broken("constraint_axes", "axis 1 of (1, 3, 1, 4)", attrs={"squeeze_dims": (0, 1)}),
    Broken("constraint_axes", "axis 4 of", attrs={"squeeze_dims": (4,)}),
    Broken("constraint_axes", "axis -5 of", attrs={"squeeze_dims": (-5,)}),
]

SHAPES = {
    "all": (3, 4),
    "some": (3, 4),
    "first": (1, 5),
    "floats": (2, 5),
}


class TestSqueeze(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    aliases = True

from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "expand_dims"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    *COPY_RULES,
    Broken("constraint_axis", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_axis", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_axis", "[3] of 2", tensors={1: {"data": indices(3)}}),
    Broken("constraint_axis", "[-4] of 2", tensors={1: {"data": indices(-4)}}),
    Broken("constraint_axis", "[0, 1] of 2", tensors={1: {"data": indices(0, 1), "shape": (2,)}}),
]

SHAPES = {
    "first": (1, 3, 4),
    "inside": (3, 4, 1, 2),
    "last": (3, 4, 1),
}


class TestExpandDims(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    aliases = True

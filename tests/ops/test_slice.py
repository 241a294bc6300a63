from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "slice"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    *COPY_RULES,
    Broken("constraint_indices", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_indices", "'in2' is computed", tensors={2: {"data": None}}),
    Broken("constraint_indices", "'in1' has 4 values for 3", tensors={0: {"shape": (5, 6, 4)}}),
    Broken("constraint_indices", "6 axes", tensors={0: {"shape": (1, 1, 1, 5, 6, 4)}}),
    Broken("constraint_part", "begin [0, 1, 2, -1]", tensors={1: {"data": indices(0, 1, 2, -1)}}),
    Broken("constraint_part", "size [1, 3, 0, 2]", tensors={2: {"data": indices(1, 3, 0, 2)}}),
    Broken("constraint_part", "size [1, 5, 2, 2]", tensors={2: {"data": indices(1, 5, 2, 2)}}),
]

SHAPES = {
    "inside": (1, 3, 2, 2),
    "the_rest": (1, 5, 2),
    "channels": (1, 4, 4, 3),
    "rank_5": (1, 2, 2, 2, 2),
}


class TestSlice(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

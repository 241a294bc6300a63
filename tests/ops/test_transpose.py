from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "transpose"


def order(*axes: int) -> np.ndarray:
    return np.array(axes, np.int32)


BROKEN = [
    *COPY_RULES,
    Broken("constraint_order", "'in1' is float32", tensors={1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_order", "computed at run time", tensors={1: {"data": None}}),
    Broken("constraint_order", "the order [0, 2, 2, 3]", tensors={1: {"data": order(0, 2, 2, 3)}}),
    Broken("constraint_order", "of 3 dimensions", tensors={0: {"shape": (3, 5, 4)}}),
    Broken(
        "constraint_loops",
        "a copy of 5 loops",
        tensors={
            0: {"shape": (2, 3, 2, 3, 2)},
            1: {"data": order(4, 3, 2, 1, 0), "shape": (5,)},
        },
    ),
]

SHAPES = {
    "rows_and_columns": (1, 5, 3, 4),
    "channels_first": (2, 4, 3, 5),
    "rank_5": (2, 1, 2, 3, 5),
}


class TestTranspose(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

from __future__ import annotations

from tests.support.broken import POOL_RULES
from tests.support.op_suite import OpSuite

OP = "max_pool_2d"

SHAPES = {
    "2x2_stride_2": (1, 2, 3, 3),
    "3x2_same_strides_2_and_3_batch_2": (2, 3, 3, 2),
    "valid_leaves_a_rest": (1, 2, 3, 2),
    "window_larger_than_input": (1, 2, 3, 4),
}


class TestMaxPool2D(OpSuite):
    op = OP
    broken = POOL_RULES
    shapes = SHAPES

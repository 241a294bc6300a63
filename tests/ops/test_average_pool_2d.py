from __future__ import annotations

from tests.support.broken import POOL_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "average_pool_2d"

BROKEN = [
    *POOL_RULES,
    Broken(
        "constraint_sums",
        "means of 16777216 values",
        attrs={"filter_height": 4096, "filter_width": 4096},
        tensors={0: {"shape": (1, 4096, 4096, 3)}},
    ),
    Broken(
        "constraint_sums",
        "means of 40000 values",
        attrs={"filter_height": 200, "filter_width": 200},
        tensors={0: {"shape": (1, 200, 200, 3)}},
        case="int16_whole_image",
    ),
]

SHAPES = {
    "2x2_stride_2": (1, 2, 3, 3),
    "3x2_same_strides_2_and_3_batch_2": (2, 3, 3, 2),
    "valid_leaves_a_rest": (1, 2, 3, 2),
    "window_larger_than_input": (1, 2, 3, 4),
}


class TestAveragePool2D(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

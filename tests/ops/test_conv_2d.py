from __future__ import annotations

from tests.support.broken import CONVOLUTION_RULES, weights_rules
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "conv_2d"

BROKEN = [
    *CONVOLUTION_RULES,
    *weights_rules(axis=0, channels=4),
    Broken(
        "constraint_groups",
        "4 input channels, 4 filters of depth 3",
        tensors={0: {"shape": (1, 5, 6, 4)}},
    ),
    Broken(
        "constraint_groups",
        "9 input channels, 4 filters of depth 3",
        tensors={0: {"shape": (1, 5, 6, 9)}},
    ),
]

SHAPES = {
    "3x3_same": (1, 5, 6, 4),
    "3x3_valid_stride_2_relu": (1, 3, 3, 3),
    "dilated_valid_strided": (1, 3, 2, 2),
    "stride_larger_than_kernel": (1, 3, 3, 4),
}


class TestConv2D(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    macs = 5 * 6 * 4 * 3 * 3 * 3
    optional_inputs = 1

from __future__ import annotations

import dataclasses

import numpy as np

from edgekit.ops import depthwise_conv_2d
from tests.support.broken import CONVOLUTION_RULES, weights_rules
from tests.support.cases import random_inputs
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import OpSuite

OP = "depthwise_conv_2d"

BROKEN = [
    *CONVOLUTION_RULES,
    *weights_rules(axis=3, channels=3),
    Broken("constraint_multiplier", "depth multiplier 2", attrs={"depth_multiplier": 2}),
    Broken(
        "constraint_multiplier",
        "4 input channels, depth multiplier 1",
        tensors={0: {"shape": (1, 5, 6, 4)}},
    ),
]

SHAPES = {
    "3x3_same": (1, 5, 6, 3),
    "3x3_stride_2_relu6_odd_channels": (1, 4, 4, 13),
    "multiplier_3_valid_batch_2": (2, 3, 3, 6),
    "dilated_valid": (1, 3, 2, 3),
}


class TestDepthwiseConv2D(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    macs = 5 * 6 * 3 * 3 * 3
    optional_inputs = 1


def test_bias_left_out_by_index() -> None:
    """TFLite Micro crashes on -1 here, but it means what two inputs mean."""
    graph = case_of(OP, "per_tensor_without_bias_relu_n1_to_1").graph
    (op,) = graph.ops
    by_index = dataclasses.replace(op, inputs=(*op.inputs, -1))
    x = random_inputs(graph, 1)[0][0]
    weights = graph.input(op, 1).data
    np.testing.assert_array_equal(
        depthwise_conv_2d.reference(by_index, graph, [x, weights, None]),
        depthwise_conv_2d.reference(op, graph, [x, weights]),
    )

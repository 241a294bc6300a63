from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit.ops import depthwise_conv_2d
from edgekit.targets import Target
from tests.support.broken import CONVOLUTION_RULES, weights_rules
from tests.support.cases import Case, load_cases, random_inputs
from tests.support.op_checks import (
    Broken,
    case_of,
    check_every_rule_is_broken,
    check_params,
    check_reference,
    check_refused,
    check_round_trip,
)

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


@pytest.mark.parametrize("case", load_cases(OP), ids=str)
def test_reference_equals_tflite_micro(case: Case) -> None:
    check_reference(case)


@pytest.mark.parametrize("case", load_cases(OP), ids=str)
def test_reads_what_was_written(case: Case) -> None:
    check_round_trip(case)


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_refuses(broken: Broken) -> None:
    check_refused(OP, broken)


def test_every_rule_is_tested() -> None:
    check_every_rule_is_broken(OP, BROKEN)


def test_params_are_the_struct(any_target: Target) -> None:
    check_params(OP, any_target)


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_infers_the_shape(name: str, shape: tuple[int, ...]) -> None:
    graph = case_of(OP, name).graph
    assert depthwise_conv_2d.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert depthwise_conv_2d.macs(graph.ops[0], graph) == 5 * 6 * 3 * 3 * 3


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

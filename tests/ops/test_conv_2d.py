from __future__ import annotations

import pytest

from edgekit.ops import conv_2d
from edgekit.targets import Target
from tests.support.broken import CONVOLUTION_RULES, weights_rules
from tests.support.cases import Case, load_cases
from tests.support.op_checks import (
    Broken,
    case_of,
    check_every_rule_is_broken,
    check_params,
    check_reference,
    check_refused,
    check_round_trip,
)

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
    assert conv_2d.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert conv_2d.macs(graph.ops[0], graph) == 5 * 6 * 4 * 3 * 3 * 3

from __future__ import annotations

import pytest

from edgekit.ops import average_pool_2d
from edgekit.targets import Target
from tests.support.broken import POOL_RULES
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
    assert average_pool_2d.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert average_pool_2d.macs(graph.ops[0], graph) == 0

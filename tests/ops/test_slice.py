from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType
from edgekit.ops import slice as module
from edgekit.targets import Target
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
from tests.support.value_checks import ARITY, check_arity

OP = "slice"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
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


@pytest.mark.parametrize("case", load_cases(OP), ids=str)
def test_reference_equals_tflite_micro(case: Case) -> None:
    check_reference(case)


@pytest.mark.parametrize("case", load_cases(OP), ids=str)
def test_reads_what_was_written(case: Case) -> None:
    check_round_trip(case)


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_refuses(broken: Broken) -> None:
    check_refused(OP, broken)


def test_refuses_a_wrong_number_of_inputs() -> None:
    check_arity(OP)


def test_every_rule_is_tested() -> None:
    check_every_rule_is_broken(OP, [*BROKEN, ARITY])


def test_params_are_the_struct(any_target: Target) -> None:
    check_params(OP, any_target)


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_infers_the_shape(name: str, shape: tuple[int, ...]) -> None:
    graph = case_of(OP, name).graph
    assert module.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert module.macs(graph.ops[0], graph) == 0

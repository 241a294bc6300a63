from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType
from edgekit.ops import mean
from edgekit.targets import Target
from tests.support.broken import TENSOR_RULES
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

OP = "mean"

BROKEN = [
    *TENSOR_RULES,
    Broken("constraint_input", "the shape ()", tensors={0: {"shape": ()}}),
    Broken("constraint_input", "the shape (1, 1, 1,", tensors={0: {"shape": (1,) * 6}}),
    Broken("constraint_axes", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_axes", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_axes", "the axes [4] of 4", tensors={1: {"data": np.array([4])}}),
    Broken("constraint_axes", "the axes [-5] of 4", tensors={1: {"data": np.array([-5])}}),
    Broken("constraint_axes", "the axes [0, 1, -2]", tensors={1: {"data": np.array([0, 1, -2])}}),
    Broken("constraint_sums", "means of 8392704", tensors={0: {"shape": (1, 2049, 4096, 1)}}),
]

SHAPES = {
    "global_pooling": (1, 9),
    "global_pooling_kept_dims": (1, 1, 1, 9),
    "one_axis_scalar": (3, 5),
    "axes_apart": (3, 5),
    "everything": (),
    "vector_kept": (1,),
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
    assert mean.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert mean.macs(graph.ops[0], graph) == 0

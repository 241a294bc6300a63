from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType
from edgekit.ops import strided_slice as module
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

OP = "strided_slice"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken("constraint_indices", "'in3' is int64", tensors={3: {"dtype": DType.INT64}}),
    Broken("constraint_indices", "'in2' is computed", tensors={2: {"data": None}}),
    Broken("constraint_indices", "'in1' has 4 values for 3", tensors={0: {"shape": (5, 6, 4)}}),
    Broken("constraint_indices", "5 axes", tensors={0: {"shape": (1, 1, 5, 6, 4)}}),
    Broken("constraint_options", "ellipsis_mask 2", attrs={"ellipsis_mask": 2}),
    Broken("constraint_options", "new_axis_mask 1", attrs={"new_axis_mask": 1}),
    Broken("constraint_options", "an offset", attrs={"offset": True}),
    Broken("constraint_part", "stride 0 of axis 1", tensors={3: {"data": indices(1, 0, 1, 1)}}),
    Broken("constraint_part", "left of axis 2", tensors={2: {"data": indices(1, 4, 2, 3)}}),
    Broken(
        "constraint_part",
        "begin 5 of axis 1",
        attrs={"shrink_axis_mask": 2},
        tensors={1: {"data": indices(0, 5, 2, 1)}},
    ),
    Broken(
        "constraint_part",
        "stride -1 of axis 1",
        attrs={"shrink_axis_mask": 2},
        tensors={3: {"data": indices(1, -1, 1, 1)}},
    ),
]

SHAPES = {
    "inside": (1, 3, 3, 2),
    "every_second": (1, 4, 3, 3),
    "masks": (1, 5, 1),
    "backwards": (5, 2),
    "an_axis_goes": (3, 4),
    "the_last_goes": (3,),
    "beyond_the_end": (3, 2),
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

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from edgekit.ops import transpose
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

OP = "transpose"


def order(*axes: int) -> np.ndarray:
    return np.array(axes, np.int32)


BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken("constraint_quantization", "0.1 and 0", tensors={-1: {"quant": Quant((0.1,), (0,))}}),
    Broken("constraint_order", "'in1' is float32", tensors={1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_order", "computed at run time", tensors={1: {"data": None}}),
    Broken("constraint_order", "the order [0, 2, 2, 3]", tensors={1: {"data": order(0, 2, 2, 3)}}),
    Broken("constraint_order", "of 3 dimensions", tensors={0: {"shape": (3, 5, 4)}}),
    Broken(
        "constraint_loops",
        "a copy of 5 loops",
        tensors={
            0: {"shape": (2, 3, 2, 3, 2)},
            1: {"data": order(4, 3, 2, 1, 0), "shape": (5,)},
        },
    ),
]

SHAPES = {
    "rows_and_columns": (1, 5, 3, 4),
    "channels_first": (2, 4, 3, 5),
    "rank_5": (2, 1, 2, 3, 5),
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
    assert transpose.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert transpose.macs(graph.ops[0], graph) == 0

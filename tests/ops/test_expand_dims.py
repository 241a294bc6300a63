from __future__ import annotations

import numpy as np
import pytest

from edgekit import ops
from edgekit.ir import DType
from edgekit.ops import expand_dims as module
from edgekit.targets import Target
from tests.support.cases import Case, load_cases
from tests.support.op_checks import (
    Broken,
    case_of,
    check_every_rule_is_broken,
    check_reference,
    check_refused,
    check_round_trip,
)
from tests.support.value_checks import ARITY, check_arity

OP = "expand_dims"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken("constraint_axis", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_axis", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_axis", "[3] of 2", tensors={1: {"data": indices(3)}}),
    Broken("constraint_axis", "[-4] of 2", tensors={1: {"data": indices(-4)}}),
    Broken("constraint_axis", "[0, 1] of 2", tensors={1: {"data": indices(0, 1), "shape": (2,)}}),
]

SHAPES = {
    "first": (1, 3, 4),
    "inside": (3, 4, 1, 2),
    "last": (3, 4, 1),
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


def test_shares_its_place_and_calls_nothing(any_target: Target) -> None:
    graph = case_of(OP).graph
    assert ops.aliases(graph.ops[0], graph)
    assert module.kernel(graph.ops[0], graph, any_target).calls == ()


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_infers_the_shape(name: str, shape: tuple[int, ...]) -> None:
    graph = case_of(OP, name).graph
    assert module.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert module.macs(graph.ops[0], graph) == 0

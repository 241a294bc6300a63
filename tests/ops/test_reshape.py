from __future__ import annotations

import numpy as np
import pytest

from edgekit import ops
from edgekit.ir import DType, Quant
from edgekit.ops import reshape
from edgekit.targets import Target
from tests.support.cases import Case, build_graph, load_cases
from tests.support.op_checks import (
    Broken,
    case_of,
    check_every_rule_is_broken,
    check_reference,
    check_refused,
    check_round_trip,
)
from tests.support.value_checks import ARITY, check_arity

OP = "reshape"

BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken(
        "constraint_quantization", "the output 0.06", tensors={-1: {"quant": Quant((0.06,), (-3,))}}
    ),
    Broken("constraint_shape", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_shape", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_shape", "(6, 5) for 24", tensors={1: {"data": np.array([6, 5], np.int32)}}),
    Broken(
        "constraint_shape", "(-1, 5) for 24", tensors={1: {"data": np.array([-1, 5], np.int32)}}
    ),
    Broken("constraint_shape", "(-1, 0) for", tensors={1: {"data": np.array([-1, 0], np.int32)}}),
    Broken(
        "constraint_shape", "(-2, -12) for", tensors={1: {"data": np.array([-2, -12], np.int32)}}
    ),
    Broken("constraint_shape", "(-1, -1) for", tensors={1: {"data": np.array([-1, -1], np.int32)}}),
    Broken("constraint_shape", "(7, -1) for", attrs={"new_shape": (7, -1)}, case="attribute"),
]

SHAPES = {
    "operand": (6, 4),
    "operand_with_the_rest": (3, 5, 4, 1),
    "attribute": (3, 10),
    "operand_beats_attribute": (10, 3),
    "rank_5": (1, 2, 1, 3, 2),
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
    check_arity(OP, optional=1)


def test_every_rule_is_tested() -> None:
    check_every_rule_is_broken(OP, [*BROKEN, ARITY])


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_infers_the_shape(name: str, shape: tuple[int, ...]) -> None:
    graph = case_of(OP, name).graph
    assert reshape.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert reshape.macs(graph.ops[0], graph) == 0


def test_shares_its_place_and_calls_nothing(any_target: Target) -> None:
    graph = case_of(OP).graph
    assert ops.aliases(graph.ops[0], graph)
    assert reshape.kernel(graph.ops[0], graph, any_target).calls == ()


def test_old_files_say_0_for_a_scalar() -> None:
    graph = build_graph(OP, {"name": "x", "inputs": [{"shape": [1, 1]}], "attrs": OLD})
    assert graph.output(graph.ops[0]).shape == ()
    ops.check(graph.ops[0], 0, graph)


OLD = {"new_shape": [0]}

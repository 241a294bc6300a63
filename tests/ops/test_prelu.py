from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from edgekit.ops import prelu as module
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
from tests.support.value_checks import ARITY, INT8, check_arity, compare, random_quants

OP = "prelu"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'in1' has no quant", tensors={1: {"quant": None}}),
    Broken("constraint_shapes", "do not go together", tensors={1: {"shape": (1, 1, 4)}}),
    Broken("constraint_shapes", "factors of (2, 1, 1, 3)", tensors={1: {"shape": (2, 1, 1, 3)}}),
    Broken("constraint_scales", "0.05, of", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
    Broken("constraint_scales", "factors 1e+06", tensors={1: {"quant": Quant((1e6,), (0,))}}),
]

SHAPES = {
    "channels": (1, 5, 7, 3),
    "rank_2": (2, 9),
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
    assert module.macs(graph.ops[0], graph) == 105


@pytest.mark.parametrize("position", range(40))
def test_every_value(position: int) -> None:
    quant, factor, output = QUANTS[3 * position : 3 * position + 3]
    values = np.random.default_rng(position).integers(-128, 128, 256).tolist()
    spec = {
        "inputs": [{"shape": [1, 256], **quant}, {"shape": [256], "values": values, **factor}],
        "output": output,
    }
    compare(OP, spec, [INT8[None]])


QUANTS = random_quants(120, 1e-2, 1e0)

from __future__ import annotations

import pytest

from edgekit.ir import Quant
from edgekit.ops import fully_connected
from edgekit.ops._common import Activation
from edgekit.targets import Target
from tests.support.broken import TENSOR_RULES, weights_rules
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

OP = "fully_connected"

BROKEN = [
    *TENSOR_RULES,
    *weights_rules(axis=0, channels=10),
    Broken("constraint_depth", "(1, 34) for weights of depth 33", tensors={0: {"shape": (1, 34)}}),
    Broken(
        "constraint_depth",
        "(33, 1) for weights of depth 33",
        attrs={"keep_num_dims": True},
        tensors={0: {"shape": (33, 1)}},
    ),
    Broken(
        "constraint_depth",
        "() for weights",
        attrs={"keep_num_dims": True},
        tensors={0: {"shape": ()}},
    ),
    Broken(
        "constraint_options",
        "the weights format SHUFFLED4X16INT8",
        attrs={"weights_format": fully_connected.WeightsFormat.SHUFFLED4X16INT8},
    ),
    Broken(
        "constraint_options",
        "activation SIGN_BIT",
        attrs={"fused_activation_function": Activation.SIGN_BIT},
    ),
    Broken(
        "constraint_options",
        "RELU_N1_TO_1 with the scale",
        attrs={"fused_activation_function": Activation.RELU_N1_TO_1},
        tensors={-1: {"quant": Quant((1e-30,), (0,))}},
    ),
]

SHAPES = {
    "per_tensor": (1, 10),
    "image_flattened_into_rows": (2, 5),
    "more_rows_than_batches": (6, 5),
    "vector_input": (1, 5),
    "kept_dimensions": (2, 3, 4, 5),
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
    assert fully_connected.infer_shape(graph.ops[0], graph) == shape


def test_macs() -> None:
    graph = case_of(OP).graph
    assert fully_connected.macs(graph.ops[0], graph) == 10 * 33

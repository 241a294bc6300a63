from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from tests.support.broken import ARITHMETIC_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare, random_quants

OP = "sub"

BROKEN = [
    *ARITHMETIC_RULES,
    Broken("constraint_scales", "the output 1e-09", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "same_shape": (1, 5, 7, 3),
    "constant_scalar": (2, 3, 4, 5),
    "broadcast_crossed": (2, 3, 4, 5),
    "broadcast_rank_2_to_4": (2, 3, 4, 5),
    "broadcast_rank_3": (3, 2, 7),
    "rank_5_broadcast": (2, 2, 3, 2, 3),
}


class TestSub(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("position", range(24))
def test_every_pair_of_values(position: int) -> None:
    first, second, output = QUANTS[3 * position : 3 * position + 3]
    attrs = {"fused_activation_function": ACTIVATIONS[position % 4]}
    inputs = [{"shape": [256, 1], **first}, {"shape": [256], **second}]
    found = compare(OP, {"attrs": attrs, "inputs": inputs, "output": output}, [INT8[:, None], INT8])
    assert found.shape == (256, 256)


QUANTS = random_quants(72, 1e-4, 10.0)
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def test_takes_the_finest_output_scale_that_tflite_micro_takes() -> None:
    """A factor of 1 - 2**-24 is the largest float32 one below 1."""
    inputs = [{"shape": [256], "scale": 0.5, "zero_point": 0}] * 2
    finest = float(np.nextafter(np.float32(2.0**-20), np.float32(1)))
    found = compare(
        OP, {"inputs": inputs, "output": {"scale": finest, "zero_point": 3}}, [INT8, -INT8]
    )
    assert set(found.tolist()) == {-128, 3, 127}


@pytest.mark.parametrize("first", [0.1, 0.05, 0.03, 0.07], ids=str)
@pytest.mark.parametrize("second", [0.1, 0.3, 0.06], ids=str)
@pytest.mark.parametrize("output", [0.2, 0.04, 0.12, 0.15], ids=str)
def test_quotients_that_are_nearly_ties(first: float, second: float, output: float) -> None:
    """Where a quotient in float32 and one in float64 round apart."""
    inputs = [
        {"shape": [256, 1], "scale": first, "zero_point": 0},
        {"shape": [256], "scale": second, "zero_point": 0},
    ]
    spec = {"inputs": inputs, "output": {"scale": output, "zero_point": 3}}
    assert compare(OP, spec, [INT8[:, None], INT8]).shape == (256, 256)

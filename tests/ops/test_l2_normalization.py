from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from edgekit.ops._common import Activation
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare

OP = "l2_normalization"
UNIT = {"scale": 1 / 128, "zero_point": 0}

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_output", "zero point 1", tensors={-1: {"quant": Quant((1 / 128,), (1,))}}),
    Broken("constraint_output", "scale 0.005", tensors={-1: {"quant": Quant((0.005,), (0,))}}),
    Broken("constraint_shape", "(1, 32769)", tensors={i: {"shape": (1, 32769)} for i in (0, -1)}),
    Broken("constraint_shape", "the shape ()", tensors={i: {"shape": ()} for i in (0, -1)}),
    Broken("constraint_shape", "(1, 1, 1, 1, 8)", tensors={0: {"shape": (1, 1, 1, 1, 8)}}),
    Broken(
        "constraint_options",
        "activation RELU",
        attrs={"fused_activation_function": Activation.RELU},
    ),
]

SHAPES = {
    "embedding": (1, 128),
    "pixels_batch_2": (2, 3, 4, 7),
    "rank_1": (33,),
}


class TestL2Normalization(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("zero_point", [-128, -77, 0, 127])
def test_every_pair_of_values(zero_point: int) -> None:
    """Each sum of two squares, which is every mantissa that a short row can have."""
    pairs = np.stack(np.meshgrid(INT8, INT8), axis=-1).reshape(65536, 2)
    inputs = [{"shape": [65536, 2], "scale": 0.1, "zero_point": zero_point}]
    compare(OP, {"inputs": inputs, "output": UNIT}, [pairs])


@pytest.mark.parametrize("depth", [1, 3, 17, 200, 4097, 32768])
def test_sums_of_every_magnitude(depth: int) -> None:
    random = np.random.default_rng(depth)
    spread = np.geomspace(1, 128, 8)[:, None]
    values = (random.normal(0, 1, (8, depth)) * spread).clip(-128, 127).astype(np.int8)
    inputs = [{"shape": [8, depth], "scale": 0.1, "zero_point": 0}]
    compare(OP, {"inputs": inputs, "output": UNIT}, [values])


def test_is_near_the_real_function() -> None:
    values = np.random.default_rng(0).integers(-128, 128, (50, 31)).astype(np.int8)
    inputs = [{"shape": [50, 31], "scale": 0.1, "zero_point": 4}]
    found = compare(OP, {"inputs": inputs, "output": UNIT}, [values])
    centred = values.astype(np.float64) - 4
    real = 128 * centred / np.linalg.norm(centred, axis=1, keepdims=True)
    assert np.abs(found - real.clip(-128, 127)).max() <= 1

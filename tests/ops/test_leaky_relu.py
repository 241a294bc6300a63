from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare, random_quants

OP = "leaky_relu"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_alpha", "the factor -0.5", attrs={"alpha": -0.5}),
    Broken("constraint_alpha", "the factor inf", attrs={"alpha": float("inf")}),
    Broken("constraint_alpha", "the factor nan", attrs={"alpha": float("nan")}),
    Broken("constraint_scales", "0.05 and 1e-09", tensors={-1: {"quant": Quant((1e-9,), (0,))}}),
    Broken("constraint_scales", "with the factor 1e+09", attrs={"alpha": 1e9}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestLeakyRelu(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("position", range(60))
def test_every_value(position: int) -> None:
    quant, output = QUANTS[2 * position : 2 * position + 2]
    alpha = ALPHAS[position % len(ALPHAS)]
    spec = {
        "attrs": {"alpha": float(np.float32(alpha))},
        "inputs": [{"shape": [256], **quant}],
        "output": output,
    }
    found = compare(OP, spec, [INT8]).astype(np.int64)
    assert (np.diff(found) >= 0).all()


QUANTS = random_quants(120, 1e-4, 1e2)
ALPHAS = (0.01, 0.1, 0.2, 0.3, 1.0, 2.7)


@pytest.mark.parametrize("alpha", [0.0625, 1 / 7, 0.1, 0.375, 1.1], ids=str)
@pytest.mark.parametrize("scale", [0.1, 0.05, 0.03, 0.07, 0.3], ids=str)
@pytest.mark.parametrize("ratio", [0.375, 0.5, 0.625, 1.25, 1.75], ids=str)
def test_quotients_that_are_nearly_ties(scale: float, ratio: float, alpha: float) -> None:
    """Where a quotient in float32 and one in float64 round apart."""
    scale, alpha = float(np.float32(scale)), float(np.float32(alpha))
    inputs = [{"shape": [256], "scale": scale, "zero_point": 0}]
    for output_scale in (scale / ratio, scale * alpha / ratio):
        output = {"scale": output_scale, "zero_point": 3}
        compare(OP, {"attrs": {"alpha": alpha}, "inputs": inputs, "output": output}, [INT8])

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from tests.support.broken import TYPE_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare_every_value, random_quants

OP = "hard_swish"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_scale", "scale 4e-07", tensors={0: {"quant": Quant((4e-7,), (0,))}}),
    Broken("constraint_scale", "scale 2e+06", tensors={0: {"quant": Quant((2e6,), (0,))}}),
    Broken("constraint_scales", "and 0.00039", tensors={-1: {"quant": Quant((0.00039,), (0,))}}),
    Broken("constraint_scales", "and 25.7", tensors={-1: {"quant": Quant((25.7,), (0,))}}),
]

SHAPES = {
    "usual": (1, 5, 7, 3),
    "rank_5": (1, 2, 3, 2, 5),
}


class TestHardSwish(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("position", range(80))
def test_every_value(position: int) -> None:
    """Scales over the whole range that is allowed, and outputs from the finest on."""
    quant = QUANTS[position]
    ratio = float(2.0 ** np.random.default_rng(position).uniform(-8.9, 6.9))
    compare_every_value(OP, quant, {**QUANTS[80 + position], "scale": quant["scale"] / ratio})


QUANTS = random_quants(160, 5e-7, 1e6)


@pytest.mark.parametrize("scale", [2.0**-21, 2.0**-7, 3 / 128, 2.0**19], ids=str)
@pytest.mark.parametrize("ratio", [2.0**-9, 1.0, 127.9], ids=str)
def test_every_value_at_the_limits(scale: float, ratio: float) -> None:
    quant = {"scale": scale, "zero_point": -5}
    compare_every_value(OP, quant, {"scale": scale / ratio, "zero_point": 3})


def test_is_near_the_real_function() -> None:
    quant, output = {"scale": 0.05, "zero_point": 10}, {"scale": 0.03, "zero_point": -100}
    found = compare_every_value(OP, quant, output)
    x = 0.05 * (INT8.astype(np.float64) - 10)
    real = x * (x + 3).clip(0, 6) / 6 / 0.03 - 100
    assert np.abs(found - real.clip(-128, 127)).max() <= 1

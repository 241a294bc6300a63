from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare, random_quants

OP = "prelu"

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


class TestPrelu(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    macs = 105


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

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from tests.support.broken import AXES_RULES, TENSOR_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare, random_quants

OP = "sum"

BROKEN = [
    *TENSOR_RULES,
    *AXES_RULES,
    Broken("constraint_sums", "sums of 8392704", tensors={0: {"shape": (1, 2049, 4096, 1)}}),
    Broken("constraint_sums", "sums of 35 values", tensors={-1: {"quant": Quant((4e-7,), (0,))}}),
]

SHAPES = {
    "rows_and_columns": (1, 9),
    "rows_and_columns_kept": (1, 1, 1, 9),
    "one_axis_scalar": (3, 5),
    "axes_apart": (3, 5),
    "everything": (),
}


class TestSum(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


QUANTS = random_quants(80, 1e-3, 1e1)
PAIRS = np.stack(np.meshgrid(INT8, INT8), axis=-1)


@pytest.mark.parametrize("position", range(40))
def test_every_pair_of_values(position: int) -> None:
    quant, output = QUANTS[2 * position : 2 * position + 2]
    inputs = [{"shape": [256, 256, 2], **quant}, {"dtype": "int32", "values": [2]}]
    compare(OP, {"inputs": inputs, "output": output}, [PAIRS])

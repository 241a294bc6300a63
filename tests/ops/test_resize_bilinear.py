from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from tests.support.broken import size_rules
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, compare

OP = "resize_bilinear"

BROKEN = [
    *size_rules((4, 5, 3)),
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_types", "0.1 and 0", tensors={-1: {"quant": Quant((0.1,), (0,))}}),
    Broken(
        "constraint_options",
        "align_corners and half_pixel_centers",
        attrs={"align_corners": True, "half_pixel_centers": True},
    ),
    Broken("constraint_sources", "4 rows become 101", tensors={1: {"data": np.array([101, 10])}}),
]

SHAPES = {
    "doubled": (1, 8, 10, 3),
    "uneven_batch_2": (2, 5, 4, 2),
    "to_one_pixel": (1, 1, 1, 6),
}


class TestResizeBilinear(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


OPTIONS = ({}, {"half_pixel_centers": True}, {"align_corners": True})


@pytest.mark.parametrize("attrs", OPTIONS, ids=lambda attrs: next(iter(attrs), "plain"))
def test_every_ratio_of_small_extents(attrs: dict[str, bool]) -> None:
    """Values at the limits and between, rows and columns by ratios of their own."""
    random = np.random.default_rng(5)
    for given, extent in itertools.product((1, 2, 3, 5, 8, 13), (1, 2, 3, 4, 7, 11, 21)):
        inputs = [
            {"shape": [1, given, 16 - given, 2], "scale": 0.05, "zero_point": 7},
            {"dtype": "int32", "values": [extent, 22 - extent]},
        ]
        values = random.choice(INT8[[0, 1, 100, 128, 131, 254, 255]], (1, given, 16 - given, 2))
        compare(OP, {"attrs": attrs, "inputs": inputs, "output": {}}, [values])

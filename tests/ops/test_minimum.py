from __future__ import annotations

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "minimum"

BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'in1' has no quant", tensors={1: {"quant": None}}),
    Broken("constraint_types", "'in1' has scale 0.1", tensors={1: {"quant": Quant((0.1,), (-3,))}}),
    Broken("constraint_shapes", "do not go together", tensors={1: {"shape": (1, 5, 2, 3)}}),
]

SHAPES = {
    "same_shape": (1, 5, 7, 3),
    "constant_first": (1, 3, 4, 5),
    "broadcast_crossed": (2, 3, 4, 5),
}


class TestMinimum(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

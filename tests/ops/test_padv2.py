from __future__ import annotations

import numpy as np

from edgekit.ir import DType, Quant
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "padv2"

BROKEN = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'in2' is int32", tensors={2: {"dtype": DType.INT32}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken(
        "constraint_quantization", "the output 0.06", tensors={-1: {"quant": Quant((0.06,), (-3,))}}
    ),
    Broken(
        "constraint_quantization",
        "'in2' has scale 0.05 and zero point 3",
        tensors={2: {"quant": Quant((0.05,), (3,))}},
    ),
    Broken("constraint_value", "at run time", tensors={2: {"data": None}}),
    Broken("constraint_value", "of shape (2,)", tensors={2: {"shape": (2,)}}),
    Broken("constraint_paddings", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_paddings", "type int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_paddings", "shape (8,)", tensors={1: {"shape": (8,)}}),
    Broken(
        "constraint_paddings",
        "-1",
        tensors={1: {"data": np.array([[0, 0], [0, 0], [-1, 1], [0, 0]], np.int32)}},
    ),
    Broken(
        "constraint_paddings",
        "6 dimensions",
        tensors={0: {"shape": (1, 1, 1, 5, 7, 3)}, 1: {"shape": (6, 2)}},
    ),
]

SHAPES = {
    "image": (1, 8, 11, 3),
    "everything": (5, 6, 6, 7),
    "rank_1": (10,),
}


class TestPadv2(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

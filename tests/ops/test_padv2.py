from __future__ import annotations

from edgekit.ir import DType, Quant
from tests.support.broken import PADDING_RULES
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
    *PADDING_RULES,
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

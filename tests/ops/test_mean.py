from __future__ import annotations

from tests.support.broken import AXES_RULES, TENSOR_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "mean"

BROKEN = [
    *TENSOR_RULES,
    *AXES_RULES,
    Broken("constraint_sums", "means of 8392704", tensors={0: {"shape": (1, 2049, 4096, 1)}}),
]

SHAPES = {
    "global_pooling": (1, 9),
    "global_pooling_kept_dims": (1, 1, 1, 9),
    "one_axis_scalar": (3, 5),
    "axes_apart": (3, 5),
    "everything": (),
    "vector_kept": (1,),
}


class TestMean(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

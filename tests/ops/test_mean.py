from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import TENSOR_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "mean"

BROKEN = [
    *TENSOR_RULES,
    Broken("constraint_input", "the shape ()", tensors={0: {"shape": ()}}),
    Broken("constraint_input", "the shape (1, 1, 1,", tensors={0: {"shape": (1,) * 6}}),
    Broken("constraint_axes", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_axes", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_axes", "the axes [4] of 4", tensors={1: {"data": np.array([4])}}),
    Broken("constraint_axes", "the axes [-5] of 4", tensors={1: {"data": np.array([-5])}}),
    Broken("constraint_axes", "the axes [0, 1, -2]", tensors={1: {"data": np.array([0, 1, -2])}}),
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

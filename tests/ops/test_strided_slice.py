from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "strided_slice"


def indices(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


BROKEN = [
    *COPY_RULES,
    Broken("constraint_indices", "'in3' is int64", tensors={3: {"dtype": DType.INT64}}),
    Broken("constraint_indices", "'in2' is computed", tensors={2: {"data": None}}),
    Broken("constraint_indices", "'in1' has 4 values for 3", tensors={0: {"shape": (5, 6, 4)}}),
    Broken("constraint_indices", "5 axes", tensors={0: {"shape": (1, 1, 5, 6, 4)}}),
    Broken("constraint_options", "ellipsis_mask 2", attrs={"ellipsis_mask": 2}),
    Broken("constraint_options", "new_axis_mask 1", attrs={"new_axis_mask": 1}),
    Broken("constraint_options", "an offset", attrs={"offset": True}),
    Broken("constraint_part", "stride 0 of axis 1", tensors={3: {"data": indices(1, 0, 1, 1)}}),
    Broken("constraint_part", "left of axis 2", tensors={2: {"data": indices(1, 4, 2, 3)}}),
    Broken(
        "constraint_part",
        "begin 5 of axis 1",
        attrs={"shrink_axis_mask": 2},
        tensors={1: {"data": indices(0, 5, 2, 1)}},
    ),
    Broken(
        "constraint_part",
        "stride -1 of axis 1",
        attrs={"shrink_axis_mask": 2},
        tensors={3: {"data": indices(1, -1, 1, 1)}},
    ),
]

SHAPES = {
    "inside": (1, 3, 3, 2),
    "every_second": (1, 4, 3, 3),
    "masks": (1, 5, 1),
    "backwards": (5, 2),
    "an_axis_goes": (3, 4),
    "the_last_goes": (3,),
    "beyond_the_end": (3, 2),
}


class TestStridedSlice(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

from __future__ import annotations

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

BROKEN = [
    *COPY_RULES,
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_blocks", "for (1, 6, 5, 3)", tensors={0: {"shape": (1, 6, 5, 3)}}),
    Broken("constraint_blocks", "for (3, 2, 12)", tensors={0: {"shape": (3, 2, 12)}}),
    Broken("constraint_blocks", "blocks of 0", attrs={"block_size": 0}),
]

SHAPES = {
    "halves": (1, 3, 2, 12),
    "thirds_batch_2": (2, 1, 3, 45),
    "one_pixel_is_left": (1, 1, 1, 16),
}


class TestSpaceToDepth(OpSuite):
    op = "space_to_depth"
    broken = BROKEN
    shapes = SHAPES

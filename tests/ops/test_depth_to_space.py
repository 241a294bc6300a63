from __future__ import annotations

from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

BROKEN = [
    *COPY_RULES,
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_blocks", "for (1, 3, 2, 6)", tensors={0: {"shape": (1, 3, 2, 6)}}),
    Broken("constraint_blocks", "for (3, 2, 12)", tensors={0: {"shape": (3, 2, 12)}}),
    Broken("constraint_blocks", "blocks of 0", attrs={"block_size": 0}),
]

SHAPES = {
    "doubled": (1, 6, 4, 3),
    "tripled_batch_2": (2, 6, 9, 2),
    "one_pixel_and_channel": (1, 4, 4, 1),
}


class TestDepthToSpace(OpSuite):
    op = "depth_to_space"
    broken = BROKEN
    shapes = SHAPES

from __future__ import annotations

from edgekit.ops import pad
from edgekit.targets import Target
from tests.support.broken import COPY_RULES, PADDING_RULES
from tests.support.op_checks import case_of
from tests.support.op_suite import OpSuite

OP = "pad"

BROKEN = [
    *COPY_RULES,
    *PADDING_RULES,
]

SHAPES = {
    "image": (1, 8, 11, 3),
    "nothing": (1, 5, 7, 3),
    "everything": (5, 6, 6, 7),
    "rank_1": (10,),
    "rank_5": (3, 2, 4, 5, 5),
}


class TestPad(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


def test_unpadded_dimensions_are_copied_as_rows(any_target: Target) -> None:
    """H and W are padded, C is not: rows of W * C bytes."""
    graph = case_of(OP, "image").graph
    params = dict(pad.kernel(graph.ops[0], graph, any_target).calls[0].params)
    assert params["row_bytes"] == 7 * 3
    assert [params[f"size_{i}"] for i in range(4)] == [1, 1, 1, 5]
    assert params["stride_3"] == 11 * 3
    assert params["output_offset"] == 1 * 33 + 3 * 3

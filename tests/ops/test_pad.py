from __future__ import annotations

import numpy as np

from edgekit.ir import DType, Quant
from edgekit.ops import pad
from edgekit.targets import Target
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import OpSuite

OP = "pad"

BROKEN = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken("constraint_quantization", "'out' has no quant", tensors={-1: {"quant": None}}),
    Broken(
        "constraint_quantization", "the output 0.06", tensors={-1: {"quant": Quant((0.06,), (-3,))}}
    ),
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

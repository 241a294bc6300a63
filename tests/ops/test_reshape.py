from __future__ import annotations

import numpy as np

from edgekit import ops
from edgekit.ir import DType
from tests.support.broken import COPY_RULES
from tests.support.cases import build_graph
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "reshape"

BROKEN = [
    *COPY_RULES,
    Broken("constraint_shape", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_shape", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_shape", "(6, 5) for 24", tensors={1: {"data": np.array([6, 5], np.int32)}}),
    Broken(
        "constraint_shape", "(-1, 5) for 24", tensors={1: {"data": np.array([-1, 5], np.int32)}}
    ),
    Broken("constraint_shape", "(-1, 0) for", tensors={1: {"data": np.array([-1, 0], np.int32)}}),
    Broken(
        "constraint_shape", "(-2, -12) for", tensors={1: {"data": np.array([-2, -12], np.int32)}}
    ),
    Broken("constraint_shape", "(-1, -1) for", tensors={1: {"data": np.array([-1, -1], np.int32)}}),
    Broken("constraint_shape", "(7, -1) for", attrs={"new_shape": (7, -1)}, case="attribute"),
]

SHAPES = {
    "operand": (6, 4),
    "operand_with_the_rest": (3, 5, 4, 1),
    "attribute": (3, 10),
    "operand_beats_attribute": (10, 3),
    "rank_5": (1, 2, 1, 3, 2),
}


class TestReshape(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    optional_inputs = 1
    aliases = True


def test_old_files_say_0_for_a_scalar() -> None:
    graph = build_graph(OP, {"name": "x", "inputs": [{"shape": [1, 1]}], "attrs": OLD})
    assert graph.output(graph.ops[0]).shape == ()
    ops.check(graph.ops[0], 0, graph)


OLD = {"new_shape": [0]}

from __future__ import annotations

from edgekit.ops import pack
from edgekit.targets import Target
from tests.support.broken import JOIN_RULES
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import VariadicSuite

OP = "pack"

BROKEN = [
    *JOIN_RULES,
    Broken("constraint_shapes", "(3, 4), (3, 5)", tensors={1: {"shape": (3, 5)}}),
    Broken("constraint_shapes", "axis 3 for", attrs={"axis": 3}),
    Broken("constraint_shapes", "axis -4 for", attrs={"axis": -4}),
    Broken("constraint_count", "2 inputs of 3", attrs={"values_count": 3}),
]

SHAPES = {
    "first": (2, 3, 4),
    "middle_of_three": (2, 3, 3, 4),
    "last": (2, 5, 3),
    "before_the_last": (2, 3, 2, 4),
}


class TestPack(VariadicSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


def test_a_call_per_input(any_target: Target) -> None:
    graph = case_of(OP, "last").graph
    calls = pack.kernel(graph.ops[0], graph, any_target).calls
    assert [call.inputs for call in calls] == [(0,), (1,), (2,)]
    assert [dict(call.params)["output_offset"] for call in calls] == [0, 1, 2]

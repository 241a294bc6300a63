from __future__ import annotations

from edgekit.ops import concatenation
from edgekit.ops._common import Activation
from edgekit.targets import Target
from tests.support.broken import JOIN_RULES
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import VariadicSuite

OP = "concatenation"

BROKEN = [
    *JOIN_RULES,
    Broken("constraint_shapes", "axis 4 of", attrs={"axis": 4}),
    Broken("constraint_shapes", "axis -5 of", attrs={"axis": -5}),
    Broken("constraint_shapes", "(2, 2, 3, 5) along axis 0", tensors={1: {"shape": (2, 2, 3, 5)}}),
    Broken("constraint_shapes", "(2, 2, 3) along axis 0", tensors={1: {"shape": (2, 2, 3)}}),
    Broken(
        "constraint_options",
        "activation RELU",
        attrs={"fused_activation_function": Activation.RELU},
    ),
]

SHAPES = {
    "axis_0": (3, 2, 3, 4),
    "axis_1": (2, 6, 3, 4),
    "axis_2": (2, 3, 4, 4),
    "axis_3": (2, 3, 2, 12),
    "last_axis": (3, 7),
    "ten_inputs": (2, 55),
    "twice_the_same": (2, 6, 2),
}


class TestConcatenation(VariadicSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


def test_a_call_per_input(any_target: Target) -> None:
    graph = case_of(OP, "axis_3").graph
    calls = concatenation.kernel(graph.ops[0], graph, any_target).calls
    assert [call.inputs for call in calls] == [(0,), (1,), (2,)]
    assert [dict(call.params)["output_offset"] for call in calls] == [0, 4, 11]

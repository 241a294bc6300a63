from __future__ import annotations

import dataclasses

import pytest

from edgekit import ops
from edgekit.errors import UnsupportedError
from edgekit.ir import DType, Quant
from edgekit.ops import concatenation
from edgekit.ops._common import Activation
from edgekit.targets import Target
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import OpSuite

OP = "concatenation"

BROKEN = [
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in1' is float32", tensors={1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'out' has no quant", tensors={-1: {"quant": None}}),
    Broken("constraint_quantization", "'in1' has no quant", tensors={1: {"quant": None}}),
    Broken(
        "constraint_quantization",
        "zero point 1, the output 0.05 and 0",
        tensors={1: {"quant": Quant((0.05,), (1,))}},
    ),
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


class TestConcatenation(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES

    @pytest.mark.parametrize("change", [{"inputs": ()}, {"inputs": (0, -1)}, {"outputs": (2, 3)}])
    def test_refuses_a_wrong_number_of_inputs(self, change: dict[str, tuple[int, ...]]) -> None:
        graph = case_of(OP).graph
        op = dataclasses.replace(graph.ops[0], **change)  # type: ignore[arg-type]  # fields by name
        with pytest.raises(UnsupportedError, match="not supported: the inputs") as caught:
            ops.check(op, 7, graph)
        assert "none left out" in caught.value.hint


def test_a_call_per_input(any_target: Target) -> None:
    graph = case_of(OP, "axis_3").graph
    calls = concatenation.kernel(graph.ops[0], graph, any_target).calls
    assert [call.inputs for call in calls] == [(0,), (1,), (2,)]
    assert [dict(call.params)["output_offset"] for call in calls] == [0, 4, 11]

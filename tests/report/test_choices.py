"""What is said about the choice of kernels."""

from __future__ import annotations

from typing import Any

import pytest

from edgekit import targets
from edgekit.compiler import compile_graph
from edgekit.errors import InputError
from edgekit.kernels import Goal, portable
from edgekit.report.choices import choices_of, slow_layers
from tests.support.cases import build_graph
from tests.support.networks import Network, residual_network

DSP = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda each: ("mve" not in each.core.features, each.ram_bytes),
)


def _convolution(depth: int = 8, **attrs: Any):
    spec = {
        "name": "layer",
        "attrs": attrs,
        "inputs": [
            {"shape": [1, 8, 8, 8], "scale": 0.05},
            {"shape": [4, 3, 3, depth], "scale": 0.01, "const": True, "low": -127, "high": 100},
        ],
        "output": {"scale": 0.3, "zero_point": -128},
    }
    return build_graph("conv_2d", spec)


@pytest.mark.parametrize("goal", list(Goal))
def test_every_layer_has_one_taken_kernel_and_a_reason_for_each_other(goal: Goal) -> None:
    compiled = compile_graph(residual_network(), DSP, goal=goal)
    found = choices_of(compiled)
    assert found.goal == goal.value
    assert found.layers
    for layer in found.layers:
        taken = [each for each in layer.options if each.taken]
        assert len(taken) == 1
        assert all(each.why for each in layer.options)
        if layer.op == "CONV_2D":
            whys = {each.variant: each.why for each in layer.options}
            assert whys["conv_2d_s8_mve"] == "the core lacks mve"
            assert "instructions" in " ".join(whys.values())


def test_a_layer_without_the_cores_instructions_is_warned_of() -> None:
    assert slow_layers(compile_graph(_convolution(), DSP)) == ()
    (warning,) = slow_layers(compile_graph(_convolution(depth=4), DSP))
    assert "op 0 (CONV_2D" in warning
    assert "conv_2d_s8_dsp_w8: it serves: One group" in warning


def test_kernels_that_were_not_chosen_for_a_goal_have_no_report() -> None:
    with pytest.raises(InputError):
        choices_of(compile_graph(_convolution(), DSP, select=portable))


def test_the_layout_of_a_tensor_has_its_reason() -> None:
    net = Network(5)
    low = {"scale": 0.4, "zero_point": -128}
    x = net.conv(net.input((1, 12, 12, 16)), 32, 3, stride_h=2, stride_w=2)
    x = net.add("CONV_2D", (x, net.weights((32, 1, 1, 32), 0), net.bias(32)), {}, **low)
    inputs = (x, net.weights((1, 3, 3, 32), 3), net.bias(32))
    graph = net.graph(net.add("DEPTHWISE_CONV_2D", inputs, {}, **low))
    found = choices_of(compile_graph(graph, DSP, goal=Goal.SPEED))
    (row,) = found.layouts
    assert (row.op, row.readers) == (1, (2,))
    assert row.layout == "pairs of columns, 4 x 8 rows a channel, bordered"
    assert (row.other, row.why) == ("NHWC", f"saves {row.saved_instructions:,} instructions")
    for layer in found.layers[1:]:
        (taken,) = [each for each in layer.options if each.taken]
        assert "_pairs" in taken.variant
        assert row.layout in taken.why
    (taken,) = [each for each in found.layers[0].options if each.taken]
    assert "_pairs" not in taken.variant

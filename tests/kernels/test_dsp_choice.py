"""Where the DSP kernels do not apply, and how their blocks are divided into steps."""

from __future__ import annotations

from typing import Any

import pytest

from edgekit import registry, targets
from edgekit.kernels._dsp_sums import unrolled
from tests.support.cases import build_graph

TARGET = next(each for each in targets.all_boards() if "dsp" in each.core.features)
CONVOLUTIONS = [f"conv_2d_s8_dsp_{variant}" for variant in ("w16", "w8", "small", "winograd")]


def _applies(
    variant: str,
    shape: tuple[int, ...] = (1, 8, 8, 8),
    weights: tuple[int, ...] = (4, 3, 3, 8),
    low: int = -127,
    **attrs: Any,
) -> bool:
    spec = {
        "name": "layer",
        "attrs": attrs,
        "inputs": [
            {"shape": list(shape), "scale": 0.05},
            {"shape": list(weights), "scale": 0.01, "const": True, "low": low, "high": 100},
        ],
        "output": {"scale": 0.3, "zero_point": -128},
    }
    graph = build_graph("conv_2d", spec)
    module: Any = registry.load("edgekit.kernels", variant)
    return module.choose(graph.ops[0], graph, TARGET) is not None


@pytest.mark.parametrize("variant", CONVOLUTIONS)
def test_applies_to_the_plain_layer_only(variant: str) -> None:
    assert _applies(variant)
    assert not _applies(variant, weights=(4, 3, 3, 4)), "two groups"
    assert not _applies(variant, dilation_w_factor=2)


@pytest.mark.parametrize("variant", CONVOLUTIONS)
def test_weights_of_minus_128(variant: str) -> None:
    packed = variant.endswith(("w8", "small"))
    assert _applies(variant, low=-128, weights=(40, 3, 3, 8)) is not packed


@pytest.mark.parametrize("variant", ["conv_2d_s8_dsp_w8", "conv_2d_s8_dsp_small"])
def test_a_range_narrower_than_int8s(variant: str) -> None:
    assert _applies(variant, fused_activation_function="RELU6")


@pytest.mark.parametrize(
    "layer",
    [
        {"stride_h": 2, "stride_w": 2},
        {"dilation_h_factor": 2},
        {"shape": (1, 8, 6, 8)},
        {"shape": (1, 7, 8, 8)},
        {"shape": (1, 8, 8, 6), "weights": (4, 3, 3, 6)},
        {"weights": (5, 3, 3, 8)},
        {"weights": (4, 1, 3, 8)},
        {"shape": (1, 8, 8, 68), "weights": (4, 3, 3, 68)},
    ],
)
def test_layers_that_have_no_whole_tiles(layer: dict[str, Any]) -> None:
    assert _applies("conv_2d_s8_dsp_w16", **layer)
    assert not _applies("conv_2d_s8_dsp_winograd", **layer)


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 10, 11, 40, 97])
@pytest.mark.parametrize("runs", [1, 100_000])
def test_steps_are_all_run(steps: int, runs: int) -> None:
    found = unrolled(steps, runs, 100, 10)
    assert found.head + found.unroll * found.loops == steps
    assert found.body <= 10


def test_frequent_blocks_are_unrolled_more() -> None:
    assert unrolled(97, 100_000, 100, 10).body > unrolled(97, 1, 100, 10).body

"""The constants of the kernels that are made for little flash."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from edgekit import registry, targets
from edgekit.ir import Graph
from edgekit.kernels import constant_bytes
from edgekit.ops import KernelChoice
from tests.support.cases import build_graph

TARGET = next(each for each in targets.all_boards() if "dsp" in each.core.features)


def _layer(op: str, weights: list[int]) -> Graph:
    depthwise = op == "depthwise_conv_2d"
    axis = 3 if depthwise else 0
    spec = {
        "name": "layer",
        "attrs": {"depth_multiplier": 1} if depthwise else {},
        "inputs": [
            {"shape": [1, 8, 8, 8], "scale": 0.05, "zero_point": -128},
            {
                "shape": weights,
                "scale": 0.01,
                "axis": axis,
                "const": True,
                "low": -127,
                "high": 100,
            },
            {"shape": [weights[axis]], "bias": True},
        ],
        "output": {"scale": 0.3, "zero_point": -128},
    }
    return build_graph(op, spec)


def _choice(variant: str, graph: Graph) -> KernelChoice | None:
    module: Any = registry.load("edgekit.kernels", variant)
    found: KernelChoice | None = module.choose(graph.ops[0], graph, TARGET)
    return found


def test_eight_bytes_per_channel_beside_the_weights() -> None:
    conv = _choice("conv_2d_s8_dsp_small", _layer("conv_2d", [6, 1, 1, 8]))
    depthwise = _choice("depthwise_conv_2d_s8_dsp_small", _layer("depthwise_conv_2d", [1, 3, 3, 8]))
    assert conv is not None
    assert depthwise is not None
    assert constant_bytes(conv) == 6 * (8 + 8)
    assert constant_bytes(depthwise) == 8 * (9 + 8)


def test_a_channel_without_weights_may_have_any_bias() -> None:
    """Dead channels that are kept to make their number even have a saturating bias."""
    graph = _with(_layer("conv_2d", [2, 1, 1, 8]), 2, np.array([0, -(2**30)], np.int32))
    assert _choice("conv_2d_s8_dsp_small", graph) is None, "it has weights still"
    values = np.array(graph.input(graph.ops[0], 1).data)
    values[1] = 0
    graph = _with(graph, 1, values)
    found = _choice("conv_2d_s8_dsp_small", graph)
    assert found is not None
    stream = dict(found.calls[0].params)["stream"].data  # type: ignore[union-attr]  # an array
    exponent = int(stream[-2]) & 255
    assert (int(stream[-2]) - exponent, exponent, stream[-1]) == (0, 15, 2**30)


def _with(graph: Graph, slot: int, values: np.ndarray) -> Graph:
    """With other data in an input."""
    tensors = list(graph.tensors)
    index = graph.ops[0].inputs[slot]
    tensors[index] = dataclasses.replace(tensors[index], data=values)
    return dataclasses.replace(graph, tensors=tuple(tensors))

"""The kernels for cores with MVE that are made for little flash; test_mve.py has their values."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import kernels, pipeline, registry, targets
from edgekit.ir import Graph
from edgekit.kernels import Goal, best, candidates, constant_bytes, flash_bytes
from edgekit.ops import KernelChoice
from edgekit.ops._common import Activation
from edgekit.packaging import ConvertOptions
from tests.support.cases import build_graph
from tests.support.networks import Network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if "mve" in each.core.features),
    key=lambda target: target.ram_bytes,
)

RELU = {"fused_activation_function": Activation.RELU}


def _layer(op: str, weights: list[int], scale: float = 0.3) -> Graph:
    depthwise = op == "depthwise_conv_2d"
    axis = 3 if depthwise else 0
    spec = {
        "name": "layer",
        "attrs": {"depth_multiplier": 1} if depthwise else {},
        "inputs": [
            {"shape": [1, 8, 8, 16], "scale": 0.05, "zero_point": 3},
            {"shape": weights, "scale": 0.01, "axis": axis, "const": True},
            {"shape": [weights[axis]], "bias": True},
        ],
        "output": {"scale": scale, "zero_point": -128},
    }
    return build_graph(op, spec)


def _choice(op: str, graph: Graph) -> KernelChoice | None:
    module: Any = registry.load("edgekit.kernels", f"{op}_s8_mve_small")
    found: KernelChoice | None = module.choose(graph.ops[0], graph, TARGET)
    return found


def test_eight_bytes_per_channel_beside_the_weights() -> None:
    conv = _choice("conv_2d", _layer("conv_2d", [6, 1, 1, 16]))
    depthwise = _choice("depthwise_conv_2d", _layer("depthwise_conv_2d", [1, 3, 3, 16]))
    assert conv is not None
    assert depthwise is not None
    assert constant_bytes(conv) == 6 * (16 + 8)
    assert constant_bytes(depthwise) == 16 * (9 + 8)


@pytest.mark.parametrize("op", ["conv_2d", "depthwise_conv_2d"])
def test_what_the_two_words_do_not_hold_is_refused(op: str) -> None:
    weights = [6, 1, 1, 16] if op == "conv_2d" else [1, 3, 3, 16]
    graph = _layer(op, weights)
    assert _choice(op, graph) is not None
    assert _choice(op, _layer(op, weights, scale=1e-5)) is None, "scaled by more than 1"
    tensors = list(graph.tensors)
    index = graph.ops[0].inputs[2]
    large = np.array(tensors[index].data)
    large[0] = 1 << 24
    tensors[index] = dataclasses.replace(tensors[index], data=large)
    assert _choice(op, dataclasses.replace(graph, tensors=tuple(tensors))) is None


def test_channels_go_in_pairs() -> None:
    assert _choice("conv_2d", _layer("conv_2d", [7, 1, 1, 16])) is None


def test_size_takes_vectors_where_they_cost_hardly_more_flash() -> None:
    net = Network(3)
    x = net.input((1, 12, 5, 64))
    for _ in range(4):
        x = net.conv(net.depthwise(x, 3, **RELU), 64, 1, **RELU)
    graph = net.graph(x)
    options = [candidates(op, graph, TARGET) for op in graph.ops]
    others = [[c for c in layer if "mve" not in c.variant] for layer in options]
    found, without = best(options, Goal.SIZE), best(others, Goal.SIZE)
    assert {choice.variant for choice in found} == {"s8_mve_small"}
    assert flash_bytes(found) < 1.02 * flash_bytes(without)
    counts = [
        sum(c.cost.instructions for c in choices if c.cost is not None)
        for choices in (found, without)
    ]
    assert counts[0] < counts[1] / 2


@pytest.mark.emulated
def test_specialised_kernels_built_for_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Literals in assembler reach it also where the compiler inlines little by itself."""
    needs_emulator(TARGET)
    every = kernels._variants()
    taken = {name: every[name] for name in every if name.endswith("_s8_mve")}
    monkeypatch.setattr(kernels, "_variants", lambda: taken)
    net = Network(4)
    x = net.conv(net.input((1, 5, 5, 3)), 18, 3)
    x = net.conv(net.depthwise(net.depthwise(x, 3), 2), 6, 1)
    x = net.add("RESHAPE", (x,), {"new_shape": (1, 150)})
    (tmp_path / "net.tflite").write_bytes(
        write_tflite(net.graph(net.dense(net.dense(net.dense(x, 33), 20), 5)))
    )
    out = tmp_path / "out"
    source, board = str(tmp_path / "net.tflite"), TARGET.board.name
    pipeline.convert(ConvertOptions(source, board, out, optimize=Goal.SIZE))
    choices = pipeline.open_project(out).compiled().code.choices
    assert {choice.variant for choice in choices} == {"s8_mve"}
    assert pipeline.verify(out, ("host", "emulator"), count=1).mismatches == 0

"""Whole networks x the numpy reference of the model before any pass, exact equality.

What the passes make of a model - fewer channels, padding of any size, fused ops - reaches the
kernels in shapes that no case of a single op has.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edgekit import builder, emulators, passes, tflite
from edgekit.emulators import host
from edgekit.ir import Graph
from edgekit.ir.tensor import constant
from edgekit.kernels import Goal
from edgekit.ops._common import Activation, Borders, Padding
from edgekit.targets import Target
from tests.kernels.test_kernels import expect_all_right
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import Case
from tests.support.kernel_bundle import chosen, write_bundle
from tests.support.networks import Network, divided_network
from tests.support.random_networks import random_network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs_emulator


def _padded(seed: int) -> Graph:
    """Uneven padding in front of two convolutions, an activation behind them."""
    net = Network(seed)
    x = net.input((1, 6, 5, 3))
    for conv in (net.conv, net.depthwise):
        sizes = [[0, 0], *net.random.integers(0, 3, (2, 2)).tolist(), [0, 0]]
        pads = net.tensor(constant("pads", np.array(sizes, np.int32)))
        quant = net.tensors[x].quant
        assert quant is not None
        x = net.add("PAD", (x, pads), scale=quant.scale, zero_point=quant.zero_point)
        if conv == net.conv:
            x = net.conv(x, 4, 3, padding=Padding.VALID, stride_h=1 + seed % 2)
        else:
            x = net.depthwise(x, 3, padding=Padding.VALID, stride_w=1 + seed % 2)
        x = net.add("RELU6", (x,), scale=0.1, zero_point=4)
    return net.graph(net.conv(x, 3, 1, fused_activation_function=Activation.RELU))


def _dense(seed: int) -> Graph:
    """Rows of odd lengths, which are widened within the arena that they lie in."""
    net = Network(seed)
    x = net.input((1, 5 + 31 * seed))
    for units in (3 + 2 * seed, 40 - seed, 9):
        x = net.dense(x, units)
    return net.graph(x)


def _divided(seed: int) -> Graph:
    """As it is read from its file."""
    return tflite.read(write_tflite(divided_network(seed)))


TARGET = roomiest()
OTHERS = [t for t in roomiest_of_each_core() if t.core.features != TARGET.core.features]
CASES = tuple(
    Case("networks", f"{make.__name__.strip('_')}_{seed}", make(seed))
    for make, count in ((random_network, 12), (_padded, 4), (_dense, 5), (_divided, 1))
    for seed in range(count)
)


def test_the_networks_need_the_passes() -> None:
    """Or they show nothing new."""
    graphs = [passes.run(case.graph) for case in CASES]
    assert sum(any(t.live is not None for t in graph.tensors) for graph in graphs) > 10
    attrs = [op.attrs for graph in graphs for op in graph.ops if op.kind.endswith("CONV_2D")]
    assert sum(isinstance(each.padding, Borders) for each in attrs) > 8


def _check_host(target: Target, cases: Sequence[Case], folder: Path) -> None:
    models = write_bundle(folder / "firmware", cases, target, 2, chosen(Goal.BALANCED))
    firmware = builder.build(folder / "firmware", folder / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, models)


def test_host(tmp_path: Path) -> None:
    _check_host(TARGET, CASES, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("target", OTHERS, ids=lambda target: target.core.name)
def test_host_with_the_kernels_of_another_core(target: Target, tmp_path: Path) -> None:
    _check_host(target, CASES[::3], tmp_path)


@pytest.mark.emulated
def test_emulator(tmp_path: Path) -> None:
    needs_emulator(TARGET)
    models = write_bundle(tmp_path / "firmware", CASES[::2], TARGET, 2, chosen(*Goal))
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        expect_all_right(link, models)

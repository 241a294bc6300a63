from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from edgekit.ir.tensor import constant
from edgekit.ops._common import Activation, Padding
from edgekit.passes.fuse_activations import fuse_activations
from tests.support.networks import Network
from tests.support.random_networks import DyingNetwork
from tests.support.rewrites import check_same_values

SAME = {"scale": 0.1, "zero_point": 4}  # what Network.add gives an output


def _front(net: Network, kind: str, **attrs: object) -> int:
    x = net.input((1, 4, 4, 2), scale=0.1, zero_point=4)
    if kind == "CONV_2D":
        return net.conv(x, 3, 3, **attrs)
    if kind == "DEPTHWISE_CONV_2D":
        return net.depthwise(x, 3, **attrs)
    if kind == "FULLY_CONNECTED":
        return net.add(kind, (x, net.weights((5, 32), 0), net.bias(5)), attrs)
    if kind in ("ADD", "MUL"):
        return net.add(kind, (x, net.input((1, 4, 4, 2))), attrs)
    pool = {"filter_height": 2, "filter_width": 2, "padding": Padding.VALID, **attrs}
    return net.add(kind, (x,), pool)


FRONTS = (
    *("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"),
    *("ADD", "MUL", "AVERAGE_POOL_2D", "MAX_POOL_2D"),
)


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize(
    ("behind", "own", "made"),
    [
        ("RELU", Activation.NONE, Activation.RELU),
        ("RELU6", Activation.NONE, Activation.RELU6),
        ("RELU6", Activation.RELU, Activation.RELU6),
        ("RELU", Activation.RELU6, Activation.RELU6),
        ("QUANTIZE", Activation.RELU, Activation.RELU),
    ],
)
def test_into_the_clamp(front: str, behind: str, own: Activation, made: Activation) -> None:
    net = Network(5)
    x = _front(net, front, fused_activation_function=own)
    source = net.graph(net.add(behind, (x,), name="last", **SAME))
    graph = fuse_activations(source)
    (op,) = graph.ops
    assert (op.kind, op.attrs.fused_activation_function) == (front, made)
    assert op.outputs == source.outputs
    check_same_values(source, graph)


@pytest.mark.parametrize("front", FRONTS)
def test_no_clamp_for_minus_one_to_zero(front: str) -> None:
    """RELU behind RELU_N1_TO_1 is 0 to 1, which no activation is."""
    net = Network(5)
    x = _front(net, front, fused_activation_function=Activation.RELU_N1_TO_1)
    source = net.graph(net.add("RELU", (x,), **SAME))
    assert fuse_activations(source) is source


@pytest.mark.parametrize("front", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MUL"])
def test_another_scale_rounds_twice(front: str) -> None:
    net = Network(5)
    source = net.graph(net.add("QUANTIZE", (_front(net, front),), scale=0.17, zero_point=4))
    assert fuse_activations(source) is source


@pytest.mark.parametrize("front", ["CONV_2D", "FULLY_CONNECTED", "ADD", "MUL"])
@pytest.mark.parametrize(("zero_point", "left"), [(-128, 2), (20, 1)])
def test_another_zero_point(front: str, zero_point: int, left: int) -> None:
    """Of 4 to 127, moved up, nothing is lost; moved down, the highest value is below 127."""
    net = Network(5)
    x = _front(net, front, fused_activation_function=Activation.RELU)
    source = net.graph(net.add("QUANTIZE", (x,), scale=0.1, zero_point=zero_point))
    graph = fuse_activations(source)
    assert len(graph.ops) == len(source.ops) - 2 + left
    check_same_values(source, graph)


def test_sums_that_never_get_there_do_not_count() -> None:
    """-128 would become -108 and stop there, but no sum of this layer is so low."""
    net = Network(5)
    x = net.input((1, 4, 4, 2), scale=0.1, zero_point=4)
    ones = np.ones((3, 1, 1, 2), np.int8)
    small = net.tensor(constant("w", ones, Quant((0.01,), (0,))))
    y = net.add("CONV_2D", (x, small))
    source = net.graph(net.add("QUANTIZE", (y,), scale=0.1, zero_point=24))
    graph = fuse_activations(source)
    assert len(graph.ops) == 1
    check_same_values(source, graph)


@pytest.mark.parametrize(("limit", "left"), [(60, 1), (90, 2)])
def test_another_scale_where_nothing_is_rounded(limit: int, left: int) -> None:
    """x becomes 2x, then x again. Up to 60 that is exact; 2 * 90 does not fit."""
    net = Network(5)
    scale = 6 / limit
    x = net.add("RELU6", (net.input((1, 4, 4, 1), scale, 0),), scale=scale, zero_point=0)
    one = net.tensor(constant("w", np.ones((1, 1, 1, 1), np.int8), Quant((1.0,), (0,))))
    y = net.add("CONV_2D", (x, one), scale=float(net.tensors[x].quant.scale) / 2, zero_point=0)
    source = net.graph(net.add("QUANTIZE", (y,), scale=scale, zero_point=0))
    graph = fuse_activations(source)
    assert len(graph.ops) == 1 + left
    check_same_values(source, graph)


@pytest.mark.parametrize("why", ["two readers", "output", "float"])
def test_what_stays(why: str) -> None:
    net = Network(5)
    x = _front(net, "CONV_2D")
    if why == "float":
        source = net.graph(net.add("QUANTIZE", (net.float_input((1, 4)),)))
    elif why == "output":
        source = net.graph(x, net.add("RELU", (x,), **SAME))
    else:
        source = net.graph(net.add("ADD", (x, net.add("RELU", (x,), **SAME))))
    assert fuse_activations(source) is source


def test_a_chain() -> None:
    net = Network(5)
    x = net.add("RELU", (_front(net, "CONV_2D"),), **SAME)
    source = net.graph(net.add("RELU6", (net.add("QUANTIZE", (x,), **SAME),), **SAME))
    graph = fuse_activations(source)
    assert [op.kind for op in graph.ops] == ["CONV_2D"]
    check_same_values(source, graph)


@pytest.mark.parametrize("seed", range(60))
def test_any_scale_and_zero_point(seed: int) -> None:
    """Fused or not: the values are the same."""
    net = DyingNetwork(seed)
    kind = FRONTS[seed % 5]
    activation = Activation(int(net.random.integers(4)))
    x = _front(net, kind, fused_activation_function=activation)
    scale = 0.1 * float(net.random.choice([1, 1, 2, 0.5, 0.37]))
    zero_point = int(net.random.choice([-128, -1, 4, 5, 127]))
    kind = "RELU" if net.chance() else "QUANTIZE"
    source = net.graph(net.add(kind, (x,), scale=scale, zero_point=zero_point))
    check_same_values(source, fuse_activations(source))

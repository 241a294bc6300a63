from __future__ import annotations

import pytest

from edgekit.passes.fuse_requantization import fuse_requantization
from tests.support.networks import Network
from tests.support.rewrites import check_same_values


@pytest.mark.parametrize(("scale", "zero_point"), [(0.05, -2), (0.1, -3), (0.06, -3)])
def test_what_changes_a_value_stays(scale: float, zero_point: int) -> None:
    """Moved up by one, 126 and 127 become the same."""
    net = Network(3)
    x = net.input((1, 4, 4, 2), scale=0.05, zero_point=-3)
    x = net.add("QUANTIZE", (x,), scale=scale, zero_point=zero_point)
    source = net.graph(net.conv(x, 2, 1))
    assert fuse_requantization(source) is source


@pytest.mark.parametrize("reader", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"])
def test_a_moved_zero_point(reader: str) -> None:
    """RELU6 leaves room at the upper end, so that nothing is lost by moving up."""
    net = Network(3)
    x = net.input((1, 4, 4, 2))
    x = net.add("RELU6", (x,), scale=0.05, zero_point=-3)
    x = net.add("QUANTIZE", (x,), scale=0.05, zero_point=4)
    if reader == "CONV_2D":
        y = net.conv(x, 3, 3)
    elif reader == "DEPTHWISE_CONV_2D":
        y = net.depthwise(x, 3)
    else:
        y = net.add(reader, (x, net.weights((3, 32), 0), net.bias(3)))
    source = net.graph(y)
    graph = fuse_requantization(source)
    assert [op.kind for op in graph.ops] == ["RELU6", reader]
    check_same_values(source, graph)


def test_one_that_does_nothing_goes_in_front_of_anything() -> None:
    net = Network(3)
    x = net.input((1, 4, 4, 2))
    x = net.add("QUANTIZE", (x,), scale=0.05, zero_point=-3)
    source = net.graph(
        net.add("LOGISTIC", (x,), scale=1 / 256, zero_point=-128), net.add("ADD", (x, x))
    )
    graph = fuse_requantization(source)
    assert [op.kind for op in graph.ops] == ["LOGISTIC", "ADD"]
    check_same_values(source, graph)


def test_a_chain_that_does_nothing() -> None:
    net = Network(3)
    x = net.input((1, 4, 4, 2))
    for _ in range(3):
        x = net.add("QUANTIZE", (x,), scale=0.05, zero_point=-3)
    source = net.graph(net.conv(x, 2, 1))
    graph = fuse_requantization(source)
    assert [op.kind for op in graph.ops] == ["CONV_2D"]
    check_same_values(source, graph)


@pytest.mark.parametrize("why", ["output", "reader", "float"])
def test_what_stays(why: str) -> None:
    net = Network(3)
    if why == "float":
        x = net.add("QUANTIZE", (net.float_input((1, 4, 4, 2)),), scale=0.05, zero_point=-3)
        source = net.graph(net.conv(x, 2, 1))
    else:
        x = net.add("RELU6", (net.input((1, 4, 4, 2)),), scale=0.05, zero_point=-3)
        x = net.add("QUANTIZE", (x,), scale=0.05, zero_point=4)
        outputs = [net.conv(x, 2, 1)]
        outputs.append(x if why == "output" else net.add("MUL", (x, x)))
        source = net.graph(*outputs)
    assert fuse_requantization(source) is source

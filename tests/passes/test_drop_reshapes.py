from __future__ import annotations

import numpy as np
import pytest

from edgekit import passes
from edgekit.ir import Graph
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import constant
from edgekit.passes import origins
from edgekit.passes.drop_reshapes import drop_reshapes
from tests.support.networks import Network
from tests.support.random_networks import random_network
from tests.support.rewrites import check_same_values


def _reshape(net: Network, x: int, shape: tuple[int, ...]) -> int:
    quant = net.tensors[x].quant
    assert quant is not None
    same = {"scale": quant.scale, "zero_point": quant.zero_point}
    return net.add("RESHAPE", (x,), {"new_shape": shape}, **same)


def _kinds(graph: Graph) -> list[str]:
    return [op.kind for op in graph.ops]


def test_in_front_of_a_fully_connected_layer() -> None:
    net = Network(3)
    x = net.conv(net.input((1, 3, 3, 2)), 4, 3)
    source = net.graph(net.dense(_reshape(net, x, (1, 36)), 5))
    graph = drop_reshapes(source)
    assert _kinds(graph) == ["CONV_2D", "FULLY_CONNECTED"]
    assert [op.kind for op in origins(source, graph)[1]] == ["RESHAPE", "FULLY_CONNECTED"]
    check_same_values(source, graph)


def test_one_behind_the_other_and_functions_of_one_value() -> None:
    net = Network(3)
    x = _reshape(net, net.conv(net.input((1, 3, 3, 2)), 4, 3), (9, 4))
    x = net.add("LOGISTIC", (_reshape(net, x, (2, 18)),), scale=1 / 256, zero_point=-128)
    source = net.graph(net.dense(net.add("QUANTIZE", (x,), scale=0.01, zero_point=3), 5))
    graph = drop_reshapes(source)
    assert _kinds(graph) == ["CONV_2D", "LOGISTIC", "QUANTIZE", "FULLY_CONNECTED"]
    assert graph.output(graph.ops[2]).shape == (1, 3, 3, 4)
    check_same_values(source, graph)


def test_channels_that_are_left_out_behind_it() -> None:
    """A function of single values has them along another axis than in the model's own tensor."""
    net = Network(3)
    bias = net.tensor(constant("bias", np.array([0, 2**24, 0], np.int32)))
    x = net.add("CONV_2D", (net.input((1, 3, 3, 2)), net.weights((3, 1, 1, 2), 0), bias))
    x = net.add("LOGISTIC", (_reshape(net, x, (1, 27)),), scale=1 / 256, zero_point=-128)
    source = net.graph(net.dense(x, 5))
    graph = passes.run(source)
    assert _kinds(graph) == ["CONV_2D", "LOGISTIC", "FULLY_CONNECTED"]
    assert graph.output(graph.ops[1]).shape == (1, 3, 3, 2)
    check_same_values(source, graph)


def _output(net: Network, x: int) -> Graph:
    return net.graph(_reshape(net, x, (1, 36)))


def _also_an_output(net: Network, x: int) -> Graph:
    y = _reshape(net, x, (1, 36))
    return net.graph(net.dense(y, 5), y)


def _output_of_a_function(net: Network, x: int) -> Graph:
    return net.graph(net.add("TANH", (_reshape(net, x, (6, 6)),), scale=1 / 128, zero_point=0))


def _kept_dimensions(net: Network, x: int) -> Graph:
    y = _reshape(net, x, (2, 18))
    return net.graph(
        net.add("FULLY_CONNECTED", (y, net.weights((5, 18), 0), ABSENT), {"keep_num_dims": True})
    )


def _an_image(net: Network, x: int) -> Graph:
    return net.graph(net.conv(_reshape(net, x, (1, 6, 6, 1)), 3, 3))


def _one_reader_of_two(net: Network, x: int) -> Graph:
    y = _reshape(net, x, (1, 36))
    return net.graph(net.dense(y, 5), net.add("SOFTMAX", (y,), scale=1 / 256, zero_point=-128))


@pytest.mark.parametrize(
    "ends",
    [
        _output,
        _also_an_output,
        _output_of_a_function,
        _kept_dimensions,
        _an_image,
        _one_reader_of_two,
    ],
)
def test_stays_where_the_shape_counts(ends) -> None:
    net = Network(3)
    source = ends(net, net.conv(net.input((1, 3, 3, 2)), 4, 3))
    assert drop_reshapes(source).ops == source.ops


def test_random_networks() -> None:
    fewer = 0
    for seed in range(150):
        source = random_network(seed)
        graph = drop_reshapes(source)
        if len(graph.ops) < len(source.ops):
            fewer += 1
            check_same_values(source, graph)
    assert fewer > 10

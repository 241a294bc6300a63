from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.ir import DType, Graph, Op, Quant, Tensor
from edgekit.ir.tensor import constant
from edgekit.ops import conv_2d
from edgekit.oracles import numpy_reference
from edgekit.passes._intervals import intervals
from tests.support.cases import edge_inputs, random_inputs
from tests.support.networks import Network
from tests.support.random_networks import DyingNetwork, random_network


def _every_corner(shape: tuple[int, ...]) -> np.ndarray:
    """All inputs of -128 and 127: a sum is least and greatest at one of them."""
    corners = itertools.product((-128, 127), repeat=int(np.prod(shape)))
    return np.array(list(corners), np.int8).reshape(-1, *shape)


@pytest.mark.parametrize("seed", range(40))
def test_a_sum_reaches_its_interval_and_does_not_leave_it(seed: int) -> None:
    """Exact, not only safe: padding, strides and dilations included."""
    net = DyingNetwork(seed)
    height, width = int(net.random.integers(1, 4)), int(net.random.integers(1, 4))
    corners = _every_corner((height, width, 1))
    x = net.input(corners.shape, zero_point=int(net.random.integers(-128, 128)))
    size = int(net.random.integers(1, min(height, width) + 1))
    dilation = int(net.random.integers(1, 3)) if size == 1 else 1
    attrs = {**net.window(), "dilation_h_factor": dilation, "dilation_w_factor": dilation}
    if net.chance():
        y = net.weighted("CONV_2D", x, (5, size, size, 1), 0, **attrs)
    else:
        attrs["depth_multiplier"] = 3
        y = net.weighted("DEPTHWISE_CONV_2D", x, (1, size, size, 3), 3, **attrs)
    graph = net.graph(y)
    (result,) = next(numpy_reference.run(b"", graph, [[corners]]))
    found = intervals(graph)[y]
    np.testing.assert_array_equal(found.low, result.min(axis=(0, 1, 2)))
    np.testing.assert_array_equal(found.high, result.max(axis=(0, 1, 2)))


def test_fully_connected_over_an_image() -> None:
    net = Network(5)
    corners = _every_corner((2, 2, 2))
    x = net.input(corners.shape)
    weights = net.weights((4, 8), 0)
    y = net.add("FULLY_CONNECTED", (x, weights, net.bias(4)), scale=3.0)
    graph = net.graph(y)
    (result,) = next(numpy_reference.run(b"", graph, [[corners]]))
    found = intervals(graph)[y]
    np.testing.assert_array_equal(found.low, result.min(axis=0))
    np.testing.assert_array_equal(found.high, result.max(axis=0))


def test_groups() -> None:
    """The second group sees its own channel only, which is never negative."""
    net = Network(5)
    x = net.input((1, 1, 1, 2), zero_point=0)
    split = net.tensor(
        constant("w", np.array([[1, 0], [0, 1]], np.int8).reshape(2, 1, 1, 2), Quant((1.0,), (0,)))
    )
    relu = {"fused_activation_function": 1}
    x = net.add(
        "CONV_2D",
        (x, split, net.tensor(constant("b", np.array([0, 200], np.int32)))),
        relu,
        scale=0.05,
        zero_point=0,
    )
    weights = net.tensor(
        constant("w", np.array([1, -1], np.int8).reshape(2, 1, 1, 1), Quant((1.0,), (0,)))
    )
    y = net.add("CONV_2D", (x, weights), scale=0.05, zero_point=0)
    found = intervals(net.graph(y))[y]
    assert (found.low.tolist(), found.high.tolist()) == ([0, -127], [127, -72])


@pytest.mark.parametrize("seed", range(60))
def test_no_value_leaves_its_interval(seed: int) -> None:
    graph = random_network(seed)
    found = intervals(graph)
    samples = random_inputs(graph, 3) + edge_inputs(graph)
    for outputs in numpy_reference.run(b"", graph, samples):
        for op, array in zip(graph.ops, outputs, strict=True):
            limits = found[op.outputs[0]]
            assert (array >= limits.low).all(), op
            assert (array <= limits.high).all(), op


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("HARD_SWISH", (0.02, -100)),
        ("LEAKY_RELU", (0.05, 3)),
        ("LOGISTIC", (1 / 256, -128)),
        ("TANH", (1 / 128, 0)),
    ],
)
def test_functions_of_one_value_reach_their_interval(kind: str, output: tuple[float, int]) -> None:
    """HARD_SWISH falls before it rises: its least value is at neither end."""
    net = Network(7)
    values = np.arange(-128, 128).astype(np.int8).reshape(1, 256, 1, 1)
    x = net.input(values.shape, scale=0.05, zero_point=0)
    coarser = net.add("QUANTIZE", (x,), scale=0.1, zero_point=0)  # from -64 to 64
    y = net.add(kind, (coarser,), scale=output[0], zero_point=output[1])
    graph = net.graph(y)
    (result,) = list(next(numpy_reference.run(b"", graph, [[values]])))[-1:]
    found = intervals(graph)[y]
    assert (found.low[0], found.high[0]) == (result.min(), result.max())


def test_a_shift_to_the_left_that_wraps_proves_nothing() -> None:
    """C wraps sums times 2**shift at 32 bits: 300 becomes negative there."""
    scale = float(np.float32(2.0**23))
    weights = constant("w", np.ones((1, 1, 1, 1), np.int8), Quant((scale,), (0,)))
    bias = constant("b", np.array([300], np.int32))
    quant = Quant((1.0,), (0,))
    tensors = (
        Tensor("x", DType.INT8, (1, 1, 256, 1), quant),
        weights,
        bias,
        Tensor("y", DType.INT8, (1, 1, 256, 1), quant),
    )
    graph = Graph((Op("CONV_2D", "y", (0, 1, 2), (3,), conv_2d.Attrs()),), tensors, (0,), (3,))
    found = intervals(graph)[3]
    x = np.arange(-128, 128, dtype=np.int8).reshape(1, 1, 256, 1)
    (result,) = next(numpy_reference.run(b"", graph, [[x]]))
    assert result.min() < 0 < result.max(), "this case does not wrap"
    assert found.low[0] <= result.min()
    assert found.high[0] >= result.max()

"""Random networks with depthwise layers behind convolutions, from a seed."""

from __future__ import annotations

from edgekit import ops
from edgekit.errors import EdgekitError
from edgekit.ir import Graph
from edgekit.ops._common import Activation, Padding
from tests.support.networks import Network

_BORDERS = (-128, 127, 0, 4)


def laid_out_network(seed: int) -> Graph:
    """Convolutions of any window, each with one or two 3x3 depthwise layers behind it."""
    net = Network(seed)
    draw = net.random
    x = net.input((1, *(int(d) for d in draw.integers(1, 18, 2)), int(draw.integers(1, 9))))
    for _ in range(int(draw.integers(1, 3))):
        made = _block(net, x)
        x = x if made is None else made
    return net.graph(net.add("ADD", (x, x)))


def _block(net: Network, x: int) -> int | None:
    """A convolution, and what reads it; None where a window does not fit."""
    before = len(net.tensors), len(net.ops)
    draw = net.random
    size = int(draw.choice([1, 1, 2, 3]))
    filters = int(draw.integers(1, 36))
    filters += filters % 2 if draw.random() < 0.85 else 0  # kernels for pairs need an even number
    attrs = {**_window(net), "fused_activation_function": Activation(int(draw.choice([0, 1, 3])))}
    weights = net.weights((filters, size, size, net.tensors[x].shape[3]), 0)
    border = int(draw.choice(_BORDERS))
    inputs = (x, weights, net.bias(filters))
    try:
        y = net.add("CONV_2D", inputs, attrs, scale=0.3, zero_point=border)
        readers = [_depthwise(net, y)]
        if draw.random() < 0.3:
            readers.append(_depthwise(net, y))
        shapes = {net.tensors[each].shape for each in readers}
        if len(readers) > 1 and len(shapes) == 1:
            readers = [
                net.add("CONCATENATION", tuple(readers), {"axis": 3}, scale=0.5, zero_point=-128)
            ]
        graph = Graph(tuple(net.ops), tuple(net.tensors), tuple(net.inputs), (readers[0],))
        for position in range(before[1], len(net.ops)):
            ops.check(net.ops[position], position, graph)
    except EdgekitError:
        del net.tensors[before[0] :], net.ops[before[1] :]
        return None
    return readers[0]


def _depthwise(net: Network, x: int) -> int:
    channels = net.tensors[x].shape[3]
    weights = net.weights((1, 3, 3, channels), 3)
    attrs = {**_window(net, alike=True), "fused_activation_function": Activation.RELU}
    inputs = (x, weights, net.bias(channels))
    return net.add("DEPTHWISE_CONV_2D", inputs, attrs, scale=0.5, zero_point=-128)


def _window(net: Network, *, alike: bool = False) -> dict[str, object]:
    strides = [int(s) for s in net.random.integers(1, 3, 2)]
    return {
        "padding": Padding.SAME if net.random.random() < 0.7 else Padding.VALID,
        "stride_h": strides[0],
        "stride_w": strides[0] if alike else strides[1],
    }

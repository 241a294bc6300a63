"""Random image networks whose ops can run band by band, from a seed."""

from __future__ import annotations

from edgekit import ops
from edgekit.errors import EdgekitError
from edgekit.ir import DType, Graph
from edgekit.ops._common import Padding
from tests.support.random_networks import DyingNetwork


def streamed_network(seed: int, length: int = 6, dtype: DType = DType.INT8) -> Graph:
    """A network of up to `length` ops on one image, rows of a multiple of four bytes.

    Either every channel count is a multiple of four, or the width stays one.
    """
    net = DyingNetwork(seed, share=0.0, dtype=dtype)
    wide = net.chance()
    shape = (1, int(net.random.integers(5, 20)), 4 if wide else int(net.random.integers(3, 9)))
    channels = int(net.random.integers(1, 7)) if wide else 4 * int(net.random.integers(1, 4))
    x = net.input((*shape, channels))
    made = 0
    while made < int(net.random.integers(3, length + 1)):
        before = len(net.tensors), len(net.ops)
        try:
            x_next = _op(net, x, wide=wide)
            graph = Graph(tuple(net.ops), tuple(net.tensors), tuple(net.inputs), (x_next,))
            for position in range(before[1], len(net.ops)):
                ops.check(net.ops[position], position, graph)
            x, made = x_next, made + 1
        except EdgekitError:  # a window that does not fit; draw again
            del net.tensors[before[0] :], net.ops[before[1] :]
    return net.graph(x)


def _op(net: DyingNetwork, x: int, *, wide: bool) -> int:
    channels = net.tensors[x].shape[3]
    kind = int(net.random.integers(8))
    window = net.window()
    if wide:
        window |= {"stride_w": 1, "padding": Padding.SAME}
    size = (int(net.random.choice([1, 2, 3, 5])), int(net.random.choice([1, 3])))
    if kind < 3:
        filters = int(net.random.integers(1, 7)) if wide else 4 * int(net.random.integers(1, 4))
        if net.chance():
            size, window = (1, 1), window | {"stride_h": 1, "stride_w": 1}
        return net.weighted("CONV_2D", x, (filters, *size, channels), 0, **window)
    if kind < 5:
        if net.chance():
            size, window = (3, 3), window | {"stride_w": 1, "stride_h": 1}
        m = 1 + int(net.chance(0.2))
        return net.weighted(
            "DEPTHWISE_CONV_2D",
            x,
            (1, *size, channels * m),
            3,
            **window,
            depth_multiplier=m,
        )
    quant = net.tensors[x].quant
    assert quant is not None
    if kind == 5:
        pool = {**window, "filter_height": size[0], "filter_width": size[1]}
        name = "MAX_POOL_2D" if net.chance() else "AVERAGE_POOL_2D"
        return net.add(name, (x,), pool, scale=quant.scale, zero_point=quant.zero_point)
    if kind == 6:
        return net.add("QUANTIZE", (x,), scale=0.03, zero_point=2)
    y = net.weighted("CONV_2D", x, (channels, size[0], 3, channels), 0, padding=Padding.SAME)
    return net.add("ADD", (x, y) if net.chance() else (y, x))

from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir.tensor import constant
from edgekit.ops._common import Border, Borders, Padding
from edgekit.passes import origins
from edgekit.passes.fuse_padding import fuse_padding
from tests.support.networks import Network
from tests.support.rewrites import check_same_values

Pads = tuple[tuple[int, int], ...]


def _padded(net: Network, pads: Pads, fill: int | None = None) -> int:
    """A padded input of 7x6; `fill` is the value of a PADV2, None makes a PAD."""
    x = net.input((1, 7, 6, 2))
    sizes = net.tensor(constant("pads", np.array(pads, np.int32)))
    same = {"scale": 0.05, "zero_point": -3}
    if fill is None:
        return net.add("PAD", (x, sizes), **same)
    value = net.tensor(constant("fill", np.array([fill], np.int8), net.tensors[x].quant))
    return net.add("PADV2", (x, sizes, value), **same)


def _image(rows: tuple[int, int], columns: tuple[int, int]) -> Pads:
    return ((0, 0), rows, columns, (0, 0))


@pytest.mark.parametrize(
    ("rows", "columns", "own", "made"),
    [
        ((1, 1), (1, 1), Padding.VALID, Padding.SAME),
        ((0, 0), (0, 0), Padding.VALID, Padding.VALID),
        ((2, 1), (0, 2), Padding.VALID, Borders(Border(2, 1), Border(0, 2))),
        ((1, 0), (0, 1), Padding.SAME, Borders(Border(2, 1), Border(1, 2))),
    ],
)
def test_a_convolution_pads_by_itself(rows, columns, own, made) -> None:
    net = Network(2)
    source = net.graph(net.conv(_padded(net, _image(rows, columns)), 3, 3, padding=own))
    graph = fuse_padding(source)
    assert [op.kind for op in graph.ops] == ["CONV_2D"]
    assert graph.ops[0].attrs.padding == made
    assert [op.kind for op in origins(source, graph)[0]] == ["PAD", "CONV_2D"]
    check_same_values(source, graph)


def test_keras_way_to_halve_an_image() -> None:
    """One row and column behind the image, then a 3x3 window with stride 2: that is SAME."""
    net = Network(2)
    x = net.input((1, 8, 8, 2))
    pads = net.tensor(constant("pads", np.array(_image((0, 1), (0, 1)), np.int32)))
    x = net.add("PAD", (x, pads), scale=0.05, zero_point=-3)
    source = net.graph(net.depthwise(x, 3, padding=Padding.VALID, stride_h=2, stride_w=2))
    graph = fuse_padding(source)
    assert graph.ops[0].attrs.padding is Padding.SAME
    check_same_values(source, graph)


@pytest.mark.parametrize("seed", range(120))
def test_every_geometry(seed: int) -> None:
    net = Network(seed)
    random = net.random
    rows, columns = (tuple(pair) for pair in random.integers(0, 4, (2, 2)).tolist())
    attrs = {
        "padding": Padding(int(random.integers(2))),
        "stride_h": int(random.integers(1, 4)),
        "stride_w": int(random.integers(1, 4)),
        "dilation_h_factor": int(random.integers(1, 3)),
        "dilation_w_factor": int(random.integers(1, 3)),
    }
    x = _padded(net, _image(rows, columns))
    size = int(random.integers(1, 4))
    source = net.graph(
        net.conv(x, 3, size, **attrs) if seed % 2 else net.depthwise(x, size, **attrs)
    )
    graph = fuse_padding(source)
    check_same_values(source, graph)
    fitting = max(rows + columns) == 0 or size == 3
    if fitting and attrs["padding"] is Padding.VALID and max(rows + columns) < 3:
        assert len(graph.ops) == 1


def test_several_readers() -> None:
    net = Network(2)
    x = _padded(net, _image((1, 1), (1, 1)))
    source = net.graph(net.conv(x, 3, 3), net.depthwise(x, 3))
    graph = fuse_padding(source)
    assert [op.kind for op in graph.ops] == ["CONV_2D", "DEPTHWISE_CONV_2D"]
    assert [len(ops) for ops in origins(source, graph)] == [2, 1]
    check_same_values(source, graph)


def test_padv2_of_the_zero_point() -> None:
    net = Network(2)
    source = net.graph(net.conv(_padded(net, _image((1, 1), (1, 1)), -3), 3, 3))
    graph = fuse_padding(source)
    assert len(graph.ops) == 1
    check_same_values(source, graph)


@pytest.mark.parametrize(
    "why", ["value", "channels", "batch", "window", "other reader", "output", "weights"]
)
def test_what_stays(why: str) -> None:
    net = Network(2)
    pads = {
        "channels": ((0, 0), (1, 1), (1, 1), (0, 1)),
        "batch": ((1, 0), (1, 1), (1, 1), (0, 0)),
        "window": _image((3, 0), (0, 0)),
    }.get(why, _image((1, 1), (1, 1)))
    x = _padded(net, pads, -4 if why == "value" else None)
    outputs = [net.conv(x, 3, 3, padding=Padding.VALID)]
    if why == "other reader":
        outputs.append(net.add("RELU", (x,)))
    if why == "output":
        outputs.append(x)
    if why == "weights":
        outputs = [net.add("ADD", (x, x))]
    source = net.graph(*outputs)
    assert fuse_padding(source) is source

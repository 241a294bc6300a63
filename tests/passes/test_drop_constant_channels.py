from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit import tflite
from edgekit.ir import DType, Graph, Live, Quant
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import constant
from edgekit.ops._common import Activation, Padding
from edgekit.passes.drop_constant_channels import drop_constant_channels
from tests.support.corpus import corpus_path
from tests.support.networks import Network, residual_network
from tests.support.random_networks import random_network
from tests.support.rewrites import check_same_values, macs

HUGE = 2**24


class _Layers(Network):
    """Layers of which one says which channels are constant, by a bias or by weights of 0."""

    def layer(
        self,
        kind: str,
        x: int,
        bias: list[int],
        size: int = 1,
        silent: tuple[int, ...] = (),
        zero_point: int = -128,
        **attrs: object,
    ) -> int:
        channels = self.tensors[x].shape[3]
        depthwise = kind == "DEPTHWISE_CONV_2D"
        shape = (1, size, size, len(bias)) if depthwise else (len(bias), size, size, channels)
        axis = 3 if depthwise else 0
        index = self.weights(shape, axis)
        data = np.moveaxis(np.array(self.tensors[index].data), axis, 0)
        data[list(silent)] = 0
        self.tensors[index] = constant("w", np.moveaxis(data, 0, axis), self.tensors[index].quant)
        b = self.tensor(constant("b", np.array(bias, np.int32)))
        attrs.setdefault("fused_activation_function", Activation.RELU)
        if depthwise:
            attrs["depth_multiplier"] = len(bias) // channels
        return self.add(kind, (x, index, b), attrs, scale=0.3, zero_point=zero_point)


def _live(graph: Graph, index: int) -> Live | None:
    return graph.tensors[index].live


@pytest.mark.parametrize("seed", range(150))
def test_random_networks(seed: int) -> None:
    source = random_network(seed)
    check_same_values(source, drop_constant_channels(source))


def test_the_random_networks_lose_something() -> None:
    """Or the test above shows nothing."""
    before = [random_network(seed) for seed in range(150)]
    after = [drop_constant_channels(graph) for graph in before]
    assert sum(macs(a) < macs(b) for a, b in zip(after, before, strict=True)) > 75
    lost = {op.kind for graph in after for op in graph.ops if graph.output(op).live is not None}
    assert lost >= {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MEAN", "PAD", "RELU6"}
    assert lost >= {"AVERAGE_POOL_2D", "MAX_POOL_2D", "RESHAPE"}
    assert not lost & {"ADD", "CONCATENATION", "SOFTMAX"}


def test_through_a_depthwise_layer() -> None:
    """Dead in the depthwise layer: neither it nor the layer in front computes the channel."""
    net = _Layers(7)
    x = net.layer("CONV_2D", net.input((1, 5, 5, 2)), [0, 0, 0, 0])
    y = net.layer("DEPTHWISE_CONV_2D", x, [0, -HUGE, 0, -HUGE], 3)
    source = net.graph(net.conv(y, 3, 3))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert _live(graph, x) == Live(4, (0, 2))  # not constant, but read by nothing
    assert _live(graph, y) == Live(4, (0, 2), ((1, -128), (3, -128)))
    assert graph.tensors[graph.ops[1].inputs[1]].shape == (1, 3, 3, 2)


@pytest.mark.parametrize(
    ("gone", "left"), [({0, 1, 4, 5}, (2, 3, 6, 7)), ({0, 3, 5, 6}, (0, 1, 2, 3, 4, 5, 6, 7))]
)
def test_depth_multiplier_needs_all_of_a_channel(gone: set[int], left: tuple[int, ...]) -> None:
    net = _Layers(7)
    x = net.layer("CONV_2D", net.input((1, 5, 5, 2)), [0, 0, 0, 0])
    y = net.layer("DEPTHWISE_CONV_2D", x, [-HUGE * (c in gone) for c in range(8)], 3)
    source = net.graph(net.conv(y, 3, 1))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    live = _live(graph, y)
    assert (live.channels if live else tuple(range(8))) == left


@pytest.mark.parametrize(
    ("value", "padding", "dropped"),
    [(-HUGE, Padding.SAME, True), (HUGE, Padding.SAME, False), (HUGE, Padding.VALID, True)],
)
def test_padding_must_be_of_the_same_value(value: int, padding: Padding, dropped: bool) -> None:
    """-128 is the zero point here, of which padding is made; 127 is not."""
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 5, 5, 2)), [0, value, 0])
    source = net.graph(net.conv(x, 2, 3, padding=padding))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert (_live(graph, x) is not None) == dropped


def test_a_window_that_never_leaves_the_image_is_not_padded() -> None:
    """SAME with a stride that fits: no tap is outside, so any constant can be folded."""
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 4, 4, 2)), [0, HUGE, 0])
    source = net.graph(net.conv(x, 2, 2, padding=Padding.SAME, stride_h=2, stride_w=2))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert _live(graph, x) == Live(3, (0, 2), ((1, 127),))


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ([HUGE, HUGE, -HUGE], (0, 1)),  # none is needed, but a tensor is not empty
        ([0, HUGE, -HUGE, HUGE, 0, 0], (0, 1, 4, 5)),
        ([0, HUGE], (0, 1)),
        ([HUGE], (0,)),
    ],
)
def test_pairs_are_left(values: list[int], left: tuple[int, ...]) -> None:
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 4, 4, 2)), values)
    source = net.graph(net.conv(x, 2, 1))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    live = _live(graph, x)
    assert (live.channels if live else tuple(range(len(values)))) == left


@pytest.mark.parametrize("reader", ["output", "ADD", "CONCATENATION", "groups"])
def test_what_needs_every_channel_gets_it(reader: str) -> None:
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 4, 4, 2)), [0, HUGE, -HUGE, 0])
    outputs = [net.conv(x, 2, 1)]
    if reader == "output":
        outputs.append(x)
    elif reader == "ADD":
        outputs.append(net.add("ADD", (x, x)))
    elif reader == "CONCATENATION":
        outputs.append(net.add("CONCATENATION", (x, x), {"axis": 3}, scale=0.3, zero_point=-128))
    else:
        outputs.append(net.add("CONV_2D", (x, net.weights((2, 1, 1, 2), 0))))
    source = net.graph(*outputs)
    assert drop_constant_channels(source) is source


def test_model_inputs_stay_whole() -> None:
    """Even where nothing reads a channel: its filter has weights of 0."""
    net = _Layers(3)
    x = net.layer("DEPTHWISE_CONV_2D", net.input((1, 4, 4, 3)), [0, HUGE, 0], 3)
    source = net.graph(net.conv(x, 2, 1))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert graph.tensors[graph.inputs[0]].shape == (1, 4, 4, 3)


@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("shape", [(1, 3, 3, 2), (2, 3, 3, 2)])
def test_in_front_of_a_fully_connected_layer(shape: tuple[int, ...], flatten: bool) -> None:
    """Every position of a channel goes; with and without a RESHAPE."""
    net = _Layers(3)
    x = y = net.layer("CONV_2D", net.input(shape), [0, HUGE, 0])
    if flatten:
        wanted = net.tensor(constant("shape", np.array([shape[0], 27], np.int32)))
        y = net.add("RESHAPE", (x, wanted), scale=0.3, zero_point=-128)
    source = net.graph(net.add("FULLY_CONNECTED", (y, net.weights((4, 27), 0), ABSENT)))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert _live(graph, x) == Live(3, (0, 2), ((1, 127),))
    assert graph.tensors[graph.ops[-1].inputs[1]].shape == (4, 18)
    bias = graph.tensors[graph.ops[-1].inputs[2]].data
    assert bias is not None  # it had none, the constant made one
    assert bias.any()


def test_one_scale_for_all_channels_stays_one() -> None:
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 4, 4, 2)), [0, HUGE, 0])
    for index, tensor in enumerate(net.tensors):
        if tensor.is_const and tensor.quant is not None:
            net.tensors[index] = dataclasses.replace(tensor, quant=Quant((0.02,), (0,)))
    source = net.graph(net.conv(x, 2, 1))
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    assert graph.tensors[graph.ops[0].inputs[1]].quant == Quant((0.02,), (0,))


def test_weights_of_four_bits_stay_such() -> None:
    net = _Layers(3)
    x = net.layer("CONV_2D", net.input((1, 4, 4, 2)), [0, HUGE, HUGE, 0])
    last = net.conv(x, 2, 1)
    for index, tensor in enumerate(net.tensors):
        if tensor.data is not None and tensor.dtype is DType.INT8:
            few = (tensor.data // 16).astype(np.int8)
            net.tensors[index] = constant(tensor.name, few, tensor.quant, DType.INT4)
    source = net.graph(last)
    graph = drop_constant_channels(source)
    check_same_values(source, graph)
    weights = [graph.input(op, 1) for op in graph.ops]
    assert [tensor.dtype for tensor in weights] == [DType.INT4, DType.INT4]
    assert weights[0].shape[0] == 2


def test_nothing_to_drop() -> None:
    source = residual_network()
    assert drop_constant_channels(source) is source


@pytest.mark.parametrize("seed", range(20))
def test_a_second_time_keeps_the_models_own_channel_numbers(seed: int) -> None:
    source = random_network(seed)
    check_same_values(source, drop_constant_channels(drop_constant_channels(source)))


def test_half_of_vww() -> None:
    source = tflite.read(corpus_path("models", "vww_96_int8.tflite").read_bytes())
    graph = drop_constant_channels(source)
    assert macs(source) == 7_489_664
    assert macs(graph) == 3_737_870

"""Random networks of several ops with channels that are constant, from a seed."""

from __future__ import annotations

import numpy as np

from edgekit import ops
from edgekit.errors import EdgekitError
from edgekit.ir import DType, Graph
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import constant
from edgekit.ops._common import Activation, Padding
from tests.support.networks import Network

_ACTIVATIONS = (Activation.NONE, Activation.RELU, Activation.RELU6)


class DyingNetwork(Network):
    """A network whose sums have filters that don't depend on the input.

    Such a filter has a bias that no sum outweighs, or weights of 0.
    """

    def __init__(self, seed: int, share: float = 0.4, dtype: DType = DType.INT8) -> None:
        super().__init__(seed, dtype)
        self.share = share

    def chance(self, probability: float = 0.5) -> bool:
        return bool(self.random.random() < probability)

    def weighted(
        self, kind: str, x: int, shape: tuple[int, ...], axis: int, **attrs: object
    ) -> int:
        """A weighted sum of `kind`; about `share` of its filters are dead."""
        count = shape[axis]
        weights = self.weights(shape, axis)
        tensor = self.tensors[weights]
        assert tensor.data is not None
        data = np.moveaxis(tensor.data.copy(), axis, 0)
        wide = self.dtype is DType.INT16
        bias = self.random.integers(-3000, 3000, count, dtype=np.int64 if wide else np.int32)
        for channel in np.flatnonzero(self.random.random(count) < self.share):
            if self.chance(0.6):
                bias[channel] = int(self.random.choice([-1, 1])) * 2 ** (32 if wide else 24)
            else:
                data[channel] = 0
        if self.chance(0.15):  # an input channel that nothing reads
            data[..., 0] = 0 if axis == 0 else data[..., 0]
        self.tensors[weights] = constant("weights", np.moveaxis(data, 0, axis), tensor.quant)
        has_bias = self.chance(0.85)
        inputs: tuple[int, ...] = (x, weights, ABSENT)
        if has_bias:
            inputs = (x, weights, self.tensor(constant("bias", bias)))
        elif wide:  # TFLite Micro crashes on a depthwise convolution that leaves it out by index
            inputs = (x, weights)
        low = self.chance(0.3)
        return self.add(kind, inputs, attrs, scale=0.2, zero_point=-128 if low else 4)

    def window(self, fused: bool = True) -> dict[str, object]:
        attrs: dict[str, object] = {
            "padding": Padding.SAME if self.chance() else Padding.VALID,
            "stride_h": int(self.random.integers(1, 3)),
            "stride_w": int(self.random.integers(1, 3)),
        }
        if fused:
            activation = _ACTIVATIONS[int(self.random.integers(len(_ACTIVATIONS)))]
            attrs["fused_activation_function"] = activation
        return attrs


def random_network(seed: int, length: int = 7, dtype: DType = DType.INT8) -> Graph:
    """A supported network of up to `length` ops and a classifier."""
    net = DyingNetwork(seed, dtype=dtype)
    shape = (int(net.random.integers(1, 3)), *(int(d) for d in net.random.integers(3, 9, 2)))
    x = net.input((*shape, int(net.random.integers(1, 4))))
    for _ in range(int(net.random.integers(1, length + 1))):
        before = len(net.tensors), len(net.ops)
        try:
            y = _any_op(net, x)
            graph = Graph(tuple(net.ops), tuple(net.tensors), tuple(net.inputs), (y,))
            for position in range(before[1], len(net.ops)):
                ops.check(net.ops[position], position, graph)
            x = y
        except EdgekitError:  # a window that does not fit; draw again
            del net.tensors[before[0] :], net.ops[before[1] :]
    return net.graph(_head(net, x))


def _any_op(net: DyingNetwork, x: int) -> int:
    tensor = net.tensors[x]
    channels, quant = tensor.shape[3], tensor.quant
    assert quant is not None
    same = {"scale": quant.scale, "zero_point": quant.zero_point}
    kind = int(net.random.integers(10))
    if kind < 3:
        filters, size = int(net.random.integers(1, 9)), int(net.random.choice([1, 3]))
        return net.weighted("CONV_2D", x, (filters, size, size, channels), 0, **net.window())
    if kind < 5:
        m, size = int(net.random.integers(1, 3)), int(net.random.choice([1, 3]))
        attrs = {**net.window(), "depth_multiplier": m}
        return net.weighted("DEPTHWISE_CONV_2D", x, (1, size, size, channels * m), 3, **attrs)
    if kind == 5:
        pool = {"filter_height": 2, "filter_width": 2, **net.window()}
        name = "MAX_POOL_2D" if net.chance() else "AVERAGE_POOL_2D"
        return net.add(name, (x,), pool, **same)
    if kind == 6:
        if net.chance():
            return net.add("RELU6", (x,), **same)
        return net.add(
            "RELU" if net.chance() else "QUANTIZE", (x,), **(same if net.chance() else {})
        )
    if kind == 7:
        sizes = [[0, 0], *net.random.integers(0, 3, (2, 2)).tolist(), [0, 0]]
        paddings = net.tensor(constant("paddings", np.array(sizes, np.int32)))
        return net.add("PAD", (x, paddings), **same)
    if kind == 8:
        return net.add("ADD", (x, x))
    branch = net.weighted("CONV_2D", x, (3, 1, 1, channels), 0)
    moved = net.add("QUANTIZE", (x,), scale=0.2, zero_point=4)
    other = net.add("QUANTIZE", (branch,), scale=0.2, zero_point=4)
    return net.add("CONCATENATION", (moved, other), {"axis": 3}, scale=0.2)


def _head(net: DyingNetwork, x: int) -> int:
    """Flattened, pooled as a whole or as it is, then fully connected."""
    batch, height, width, channels = net.tensors[x].shape
    quant = net.tensors[x].quant
    assert quant is not None
    same = {"scale": quant.scale, "zero_point": quant.zero_point}
    depth = height * width * channels
    kind = int(net.random.integers(4))
    if kind == 0:
        return x
    if kind == 1:
        axes = net.tensor(constant("axes", np.array([1, 2], np.int32)))
        reductions = ["MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"]
        if net.dtype is DType.INT16:
            reductions = ["MEAN", "SUM"]
        reduction = str(net.random.choice(reductions))
        x, depth = net.add(reduction, (x, axes), **same), channels
    elif kind == 2:
        shape = net.tensor(constant("shape", np.array([batch, depth], np.int32)))
        x = net.add("RESHAPE", (x, shape), {"new_shape": (batch, depth)}, **same)
    x = net.weighted("FULLY_CONNECTED", x, (5, depth), 0)
    x = net.weighted("FULLY_CONNECTED", x, (3, 5), 0)
    return net.softmax(x)

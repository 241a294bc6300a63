"""Small networks of several ops, with seeded weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgekit import ops
from edgekit.ir import DType, Graph, Op, Quant, Tensor, verify_graph
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import constant
from edgekit.ops._common import LIMITS, Activation, Padding

Shape = tuple[int, ...]


class Network:
    """Builds a graph op by op; every method returns the index of the tensor that it adds."""

    def __init__(self, seed: int = 0, dtype: DType = DType.INT8) -> None:
        self.random = np.random.default_rng(seed)
        self.dtype = dtype  # of activations: INT8, or INT16, which have no zero point
        self.tensors: list[Tensor] = []
        self.ops: list[Op] = []
        self.inputs: list[int] = []

    def tensor(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def input(self, shape: tuple[int, ...], scale: float = 0.05, zero_point: int = -3) -> int:
        if self.dtype is DType.INT16:
            scale, zero_point = scale / 256, 0
        quant = Quant((float(np.float32(scale)),), (zero_point,))
        self.inputs.append(self.tensor(Tensor("input", self.dtype, shape, quant)))
        return self.inputs[-1]

    def float_input(self, shape: tuple[int, ...]) -> int:
        self.inputs.append(self.tensor(Tensor("input", DType.FLOAT32, shape)))
        return self.inputs[-1]

    def weights(self, shape: tuple[int, ...], axis: int, scale: float = 0.02) -> int:
        count = shape[axis]
        scales = tuple(float(np.float32(scale * (1 + i / count))) for i in range(count))
        data = self.random.integers(-127, 128, shape, dtype=np.int8)
        return self.tensor(constant("weights", data, Quant(scales, (0,) * count, axis)))

    def bias(self, count: int) -> int:
        kind = np.int64 if self.dtype is DType.INT16 else np.int32
        data = self.random.integers(-3000, 3000, count, dtype=kind)
        return self.tensor(constant("bias", data))

    def add(
        self,
        kind: str,
        inputs: tuple[int, ...],
        attrs: dict[str, Any] | None = None,
        *,
        name: str = "",
        scale: float = 0.1,
        zero_point: int = 4,
        dtype: DType | None = None,
    ) -> int:
        module = ops.find(kind)
        dtype = dtype or self.dtype
        zero = 0 if dtype is DType.INT16 else zero_point
        quant = Quant((float(np.float32(scale)),), (zero,)) if dtype in LIMITS else None
        index = self.tensor(Tensor("", dtype, (), quant))
        label = name or f"{kind.lower()}_{len(self.ops)}"
        op = Op(kind, label, inputs, (index,), module.Attrs(**(attrs or {})))
        graph = Graph((op,), tuple(self.tensors), tuple(self.inputs), (index,))
        self.tensors[index] = Tensor(label, dtype, module.infer_shape(op, graph), quant)
        self.ops.append(op)
        return index

    def divide(
        self, kind: str, inputs: tuple[int, ...], attrs: dict[str, Any], shapes: Sequence[Shape]
    ) -> list[int]:
        """The outputs, of these shapes, of an op that divides the last of its inputs."""
        quant, label = self.tensors[inputs[-1]].quant, f"{kind.lower()}_{len(self.ops)}"
        made = [
            self.tensor(Tensor(f"{label}_{i}", self.dtype, shape, quant))
            for i, shape in enumerate(shapes)
        ]
        self.ops.append(Op(kind, f"{label}_0", inputs, tuple(made), ops.find(kind).Attrs(**attrs)))
        return made

    def conv(self, x: int, filters: int, kernel: int, **attrs: Any) -> int:
        channels = self.tensors[x].shape[3]
        weights = self.weights((filters, kernel, kernel, channels), 0)
        return self.add("CONV_2D", (x, weights, self.bias(filters)), attrs)

    def depthwise(self, x: int, kernel: int, **attrs: Any) -> int:
        channels = self.tensors[x].shape[3]
        weights = self.weights((1, kernel, kernel, channels), 3)
        return self.add("DEPTHWISE_CONV_2D", (x, weights, self.bias(channels)), attrs)

    def dense(self, x: int, units: int) -> int:
        weights = self.weights((units, self.tensors[x].shape[-1]), 0)
        return self.add("FULLY_CONNECTED", (x, weights, ABSENT))

    def softmax(self, x: int) -> int:
        wide = self.dtype is DType.INT16
        return self.add("SOFTMAX", (x,), scale=2.0**-15 if wide else 2.0**-8, zero_point=-128)

    def graph(self, *outputs: int) -> Graph:
        made = Graph(tuple(self.ops), tuple(self.tensors), tuple(self.inputs), outputs)
        verify_graph(made)
        return made


def residual_network() -> Graph:
    """conv, depthwise, pointwise, a residual add, pooling, dense, softmax: int8 throughout."""
    net = Network(1)
    x = net.conv(net.input((1, 9, 8, 3)), 6, 3, fused_activation_function=Activation.RELU)
    y = net.depthwise(x, 3, fused_activation_function=Activation.RELU6)
    y = net.conv(y, 6, 1)
    x = net.add("ADD", (x, y), {"fused_activation_function": Activation.RELU})
    pool = {"filter_height": 9, "filter_width": 8, "padding": Padding.VALID}
    x = net.add("AVERAGE_POOL_2D", (x,), pool)
    shape = net.tensor(constant("shape", np.array([1, 6], np.int32)))
    x = net.add("RESHAPE", (x, shape), {"new_shape": (1, 6)})
    x = net.dense(x, 4)
    return net.graph(net.add("SOFTMAX", (x,), scale=1 / 256, zero_point=-128))


def float_network() -> Graph:
    """Float inputs and outputs around an int8 body of two branches that are concatenated."""
    net = Network(2)
    x = net.add("QUANTIZE", (net.float_input((1, 6, 6, 2)),), scale=0.03, zero_point=0)
    left = net.conv(x, 3, 3, stride_h=2, stride_w=2)
    right = net.add(
        "MAX_POOL_2D",
        (left,),
        {"filter_height": 2, "filter_width": 2, "stride_h": 1, "stride_w": 1},
    )
    x = net.add("CONCATENATION", (left, right), {"axis": 3})
    return net.graph(net.add("DEQUANTIZE", (x,), dtype=DType.FLOAT32))


def separable_network() -> Graph:
    """A small MobileNet with a residual block, for benchmarks where no real model is at hand."""
    net = Network(3)
    relu = {"fused_activation_function": Activation.RELU}
    x = net.conv(net.input((1, 32, 32, 3)), 8, 3, stride_h=2, stride_w=2, **relu)
    for filters, stride in ((16, 1), (24, 2), (32, 1), (32, 1)):
        y = net.depthwise(x, 3, stride_h=stride, stride_w=stride, **relu)
        y = net.conv(y, filters, 1, **relu)
        same = net.tensors[x].shape == net.tensors[y].shape
        x = net.add("ADD", (x, y), dict(relu)) if same else y
    _, height, width, channels = net.tensors[x].shape
    pool = {"filter_height": height, "filter_width": width, "padding": Padding.VALID}
    x = net.add("AVERAGE_POOL_2D", (x,), pool)
    shape = net.tensor(constant("shape", np.array([1, channels], np.int32)))
    x = net.dense(net.add("RESHAPE", (x, shape), {"new_shape": (1, channels)}), 10)
    return net.graph(net.add("SOFTMAX", (x,), scale=1 / 256, zero_point=-128))


def divided_network(seed: int = 4) -> Graph:
    """Channels that go apart and together again, steps of time one by one: SPLIT and UNPACK.

    As in a file: `tflite.read` makes an op per output of these.
    """
    net = Network(seed)
    x = net.conv(net.input((1, 6, 5, 3)), 8, 3, stride_h=2)
    axis = net.tensor(constant("axis", np.array(3, np.int32)))
    left, right = net.divide("SPLIT", (axis, x), {"num_splits": 2}, [(1, 3, 5, 4)] * 2)
    x = net.add("CONCATENATION", (net.conv(left, 4, 1), right), {"axis": 3})
    shape = net.tensor(constant("shape", np.array([3, 40], np.int32)))
    x = net.add("RESHAPE", (x, shape), {"new_shape": (3, 40)})
    steps = net.divide("UNPACK", (x,), {"num": 3}, [(40,)] * 3)
    x = net.add("PACK", tuple(steps[::-1]), {"values_count": 3, "axis": 1})
    axes = net.tensor(constant("axes", np.array([1], np.int32)))
    return net.graph(net.add("SUM", (x, axes), scale=0.2), steps[1])

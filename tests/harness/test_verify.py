"""Verification against a device that is right, and against devices that are wrong on purpose."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from edgekit.errors import DeviceError
from edgekit.harness import samples as sampling
from edgekit.harness.verify import expected_of, verify_device
from edgekit.ir import Graph
from edgekit.ir.tensor import Array
from edgekit.ops import ColumnPairs, Layout
from edgekit.oracles import numpy_reference
from tests.support.networks import float_network, residual_network


@dataclass
class _Trace:
    crc32: int


class _Device:
    """Computes with the reference; `spoil(op index, output)` plays a fault."""

    def __init__(self, graph: Graph, spoil: Callable[[int, Array], Array]) -> None:
        self.graph, self.spoil = graph, spoil
        self.outputs: list[Array] = []

    def write_inputs(self, inputs: Sequence[bytes]) -> None:
        tensors = [self.graph.tensors[i] for i in self.graph.inputs]
        sample = [
            np.frombuffer(data, t.dtype.numpy).reshape(t.shape)
            for data, t in zip(inputs, tensors, strict=True)
        ]
        outputs = next(numpy_reference.run(b"", self.graph, [sample]))
        self.outputs = [self.spoil(i, array.copy()) for i, array in enumerate(outputs)]

    def trace(self) -> list[_Trace]:
        return [_Trace(zlib.crc32(array.tobytes())) for array in self.outputs]

    def read_op_output(self, index: int) -> bytes:
        return self.outputs[index].tobytes()


def _verify(graph: Graph, spoil: Callable[[int, Array], Array], labels=None):
    samples = sampling.generated(graph, 3).inputs
    outputs = list(numpy_reference.run(b"", graph, samples))
    expected = [expected_of(graph, each) for each in outputs]
    device = _Device(graph, spoil)
    return verify_device(
        device, graph, samples, expected, outputs.__getitem__, place="host", labels=labels
    )


@pytest.mark.parametrize("network", [residual_network, float_network])
def test_an_equal_device(network) -> None:
    graph = network()
    result = _verify(graph, lambda _, array: array)
    assert (result.samples, result.tensors, result.mismatches) == (5, len(graph.ops), 0)
    assert result.first is None
    assert (result.metrics.rmse, result.metrics.cos, result.metrics.acc) == (0.0, 1.0, 1.0)


def test_names_the_first_wrong_layer_and_element() -> None:
    graph = residual_network()

    def spoil(op: int, array: Array) -> Array:
        if op in (2, 7):
            array.flat[5 % array.size] ^= 1
        return array

    result = _verify(graph, spoil)
    first = result.first
    assert first is not None
    assert (first.op_index, first.op, first.name) == (2, "CONV_2D", "conv_2d_2")
    assert first.index == (0, 0, 0, 5)
    assert abs(first.expected - first.got) == 1
    assert (first.wrong_elements, first.elements) == (1, 9 * 8 * 6)
    assert result.mismatches == 2 * 5
    assert result.metrics.rmse > 0
    assert result.to_json()["mismatches"] == 10


def test_notices_a_difference_that_no_comparison_of_floats_would() -> None:
    graph = float_network()

    def spoil(op: int, array: Array) -> Array:
        if op == 4:
            array.flat[0] = -0.0 if array.flat[0] == 0 else 0.0
            array.flat[1] = np.nan
        return array

    result = _verify(graph, spoil)
    assert result.first is not None
    assert result.first.op == "DEQUANTIZE"


def test_accuracy_against_labels() -> None:
    graph = residual_network()
    samples = sampling.generated(graph, 3).inputs
    answers = [int(np.argmax(o[-1])) for o in numpy_reference.run(b"", graph, samples)]
    labels = np.array(answers)
    labels[0] = (labels[0] + 1) % 4
    assert _verify(graph, lambda _, array: array, labels).accuracy == 0.8


def test_another_firmware() -> None:
    graph = residual_network()
    device = _Device(graph, lambda _, array: array)
    device.trace = lambda: [_Trace(0)]  # type: ignore[method-assign] # a board with one op
    samples = sampling.generated(graph, 1).inputs
    outputs = list(numpy_reference.run(b"", graph, samples))
    expected = [expected_of(graph, each) for each in outputs]
    with pytest.raises(DeviceError, match="1 ops, the model has 8"):
        verify_device(device, graph, samples, expected, outputs.__getitem__, place="emulator")


_PAIRS = ColumnPairs(12, 5, 1, 1, 4)


def _verify_pairs(spoil: Callable[[bytearray], None]):
    """The second op's output, 9 x 8 x 6, lies as pairs of columns; `spoil` changes its bytes."""
    graph = residual_network()
    layouts: list[Layout] = [None] * len(graph.ops)
    layouts[1] = _PAIRS
    samples = sampling.generated(graph, 1).inputs
    outputs = list(numpy_reference.run(b"", graph, samples))
    expected = [expected_of(graph, each, layouts) for each in outputs]
    device = _Device(graph, lambda _, array: array)

    def read(index: int) -> bytes:
        if index != 1:
            return device.outputs[index].tobytes()
        data = bytearray(_PAIRS.encode(device.outputs[1]))
        spoil(data)
        return bytes(data)

    def trace() -> list[_Trace]:
        return [_Trace(zlib.crc32(read(i))) for i in range(len(graph.ops))]

    device.read_op_output, device.trace = read, trace  # type: ignore[method-assign] # its own layout
    place = "emulator"
    return verify_device(
        device, graph, samples, expected, outputs.__getitem__, place=place, layouts=layouts
    )


def test_a_tensor_that_is_not_nhwc_is_brought_back() -> None:
    assert _verify_pairs(lambda data: None).mismatches == 0

    def spoil(data: bytearray) -> None:
        # Channel 2, row 3 of the image, columns 4 and 5 with the border: column 3 of the image.
        data[4 * ((2 * 5 + 2) * 12 + 3 + 1)] ^= 1

    first = _verify_pairs(spoil).first
    assert first is not None
    assert first.op_index == 1
    assert first.index == (0, 3, 3, 2)
    assert (first.wrong_elements, first.elements) == (1, 9 * 8 * 6)


def test_a_wrong_border_is_no_right_tensor() -> None:
    def spoil(data: bytearray) -> None:
        data[0] ^= 1

    with pytest.raises(DeviceError, match="a wrong border"):
        _verify_pairs(spoil)

"""The reader against files that the schema's own writer made, and against damaged ones."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from edgekit import tflite
from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.ir import DType, Graph
from tests.support.corpus import corpus_path
from tests.support.networks import Network, float_network, residual_network
from tests.support.tflite_writer import write_tflite


@pytest.mark.parametrize("network", [residual_network, float_network])
def test_reads_what_was_written(network) -> None:
    graph: Graph = network()
    found = tflite.read(write_tflite(graph))
    assert found.inputs == graph.inputs
    assert found.outputs == graph.outputs
    for mine, theirs in zip(found.ops, graph.ops, strict=True):
        assert (mine.kind, mine.name, mine.inputs, mine.outputs) == (
            theirs.kind,
            theirs.name,
            theirs.inputs,
            theirs.outputs,
        )
        assert mine.attrs == theirs.attrs
    for mine, theirs in zip(found.tensors, graph.tensors, strict=True):
        assert (mine.name, mine.dtype, mine.shape) == (theirs.name, theirs.dtype, theirs.shape)
        assert mine.quant == theirs.quant
        if theirs.data is not None:
            np.testing.assert_array_equal(mine.data, theirs.data)
            assert not mine.data.flags.writeable


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\0" * 40, bytes(range(256)) * 8])
def test_refuses_what_is_no_model(data: bytes) -> None:
    with pytest.raises(InputError):
        tflite.read(data)


def test_every_truncation_is_an_error() -> None:
    data = write_tflite(residual_network())
    for length in range(0, len(data) - 1, 37):
        with pytest.raises(EdgekitError):
            tflite.read(data[:length])


def test_single_byte_corruptions_never_escape() -> None:
    """Each is read, or refused with an error of ours; nothing else comes out."""
    data = write_tflite(residual_network())
    choose = random.Random(7)
    refused = 0
    for _ in range(3000):
        broken = bytearray(data)
        broken[choose.randrange(len(data))] = choose.randrange(256)
        try:
            tflite.read(bytes(broken))
        except EdgekitError:
            refused += 1
    assert refused > 300


def test_names_every_unsupported_op_at_once() -> None:
    data = corpus_path("models", "hello_world_float.tflite").read_bytes()
    with pytest.raises(UnsupportedError) as caught:
        tflite.read(data)
    assert "op 0" in caught.value.message
    assert "FULLY_CONNECTED" in caught.value.message
    assert "float32" in caught.value.message


def test_refuses_an_output_shape_that_the_op_does_not_make() -> None:
    graph = residual_network()
    index = graph.ops[0].outputs[0]
    tensors = list(graph.tensors)
    tensors[index] = dataclasses.replace(tensors[index], shape=(1, 9, 8, 7))
    with pytest.raises(UnsupportedError, match=r"op 0, CONV_2D 'conv_2d_0'"):
        tflite.read(write_tflite(dataclasses.replace(graph, tensors=tuple(tensors))))


def test_names_an_op_that_it_does_not_know() -> None:
    data = bytearray(write_tflite(residual_network()))
    from ai_edge_litert import schema_py_generated as schema

    unknown = schema.BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    for code in model.operatorCodes:
        if code.builtinCode == schema.BuiltinOperator.SOFTMAX:
            code.builtinCode = code.deprecatedBuiltinCode = unknown
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    with pytest.raises(UnsupportedError) as caught:
        tflite.read(bytes(builder.Output()))
    assert "op 7, UNIDIRECTIONAL_SEQUENCE_LSTM 'softmax_7'" in caught.value.message
    assert "CONV_2D" in caught.value.hint


def test_reads_a_scalar_and_an_absent_input() -> None:
    net = Network()
    found = tflite.read(write_tflite(net.graph(net.dense(net.input((1, 5)), 3))))
    assert found.ops[0].inputs[2] == -1
    assert found.optional_input(found.ops[0], 2) is None
    assert found.tensors[found.inputs[0]].dtype is DType.INT8

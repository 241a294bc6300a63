"""Ops of several outputs, as the reader hands them on."""

from __future__ import annotations

import numpy as np

from edgekit import oracles, tflite
from edgekit.ir import verify_graph
from tests.support.cases import sample_inputs
from tests.support.networks import divided_network
from tests.support.tflite_writer import write_tflite


def test_every_tensor_is_that_of_tflite_micro() -> None:
    model = write_tflite(divided_network())
    graph = tflite.read(model)
    verify_graph(graph)
    samples = sample_inputs(graph)
    found = [list(oracles.find(name).run(model, graph, samples)) for name in oracles.available()]
    for other in found[1:]:
        for first, second in zip(found[0], other, strict=True):
            for op, a, b in zip(graph.ops, first, second, strict=True):
                np.testing.assert_array_equal(a, b, err_msg=op.name)


def test_tensors_keep_their_places() -> None:
    source = divided_network()
    graph = tflite.read(write_tflite(source))
    assert all(len(op.outputs) == 1 for op in graph.ops)
    written = [output for op in graph.ops for output in op.outputs]
    assert written == [output for op in source.ops for output in op.outputs]
    names = [tensor.name for tensor in source.tensors]
    assert [tensor.name for tensor in graph.tensors[: len(names)]] == names
    assert [op.kind for op in graph.ops].count("SLICE") == 2
    assert [op.kind for op in graph.ops].count("STRIDED_SLICE") == 3

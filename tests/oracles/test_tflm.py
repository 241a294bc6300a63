"""The oracle in its own process: equal to the reference, and no crash of it reaches us."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.errors import ToolError
from edgekit.harness.answers import OraclesDisagreeError, right_answers
from edgekit.ir.graph import ABSENT
from edgekit.oracles import numpy_reference, tflm
from tests.support.cases import sample_inputs
from tests.support.networks import Network, float_network, residual_network
from tests.support.tflite_writer import write_tflite


class _Silent:
    def stage(self, text: str, total: int = 0) -> None:
        pass

    def advance(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _package() -> None:
    reason = tflm.unavailable()
    if reason:
        pytest.skip(reason)


def _crashing():
    """A depthwise convolution without bias: the interpreter's process ends with a fault."""
    net = Network()
    x = net.input((1, 5, 5, 2))
    weights = net.weights((1, 3, 3, 2), 3)
    return net.graph(net.add("DEPTHWISE_CONV_2D", (x, weights, ABSENT)))


@pytest.mark.parametrize("network", [residual_network, float_network])
def test_equals_the_reference(network) -> None:
    graph = network()
    samples = sample_inputs(graph)
    theirs = list(tflm.run(write_tflite(graph), graph, samples))
    ours = list(numpy_reference.run(b"", graph, samples))
    for one, two in zip(theirs, ours, strict=True):
        for a, b in zip(one, two, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)


def test_a_crash_is_an_error_with_a_reason() -> None:
    graph = _crashing()
    with pytest.raises(ToolError, match="does not run the model"):
        list(tflm.run(write_tflite(graph), graph, sample_inputs(graph)))


def test_without_it_the_reference_answers_and_says_so() -> None:
    graph = _crashing()
    found = right_answers(write_tflite(graph), graph, graph, sample_inputs(graph), _Silent())
    assert found.oracles == (numpy_reference.TITLE,)
    assert "TFLite Micro does not run the model" in found.notes[0]


def test_oracles_that_disagree_are_reported(monkeypatch) -> None:
    graph = residual_network()
    honest = numpy_reference.run

    def wrong(model, graph, samples):
        for outputs in honest(model, graph, samples):
            outputs[3] = outputs[3] ^ 1
            yield outputs

    monkeypatch.setattr(numpy_reference, "run", wrong)
    with pytest.raises(OraclesDisagreeError, match=r"sample 0, op 3 \(ADD 'add_3'\)"):
        right_answers(write_tflite(graph), graph, graph, sample_inputs(graph), _Silent())

from __future__ import annotations

import numpy as np

from edgekit.ir import Quant
from edgekit.ir.tensor import constant
from edgekit.oracles import numpy_reference
from edgekit.passes.fold_constants import fold_constants
from tests.support.cases import random_inputs
from tests.support.networks import Network


def _network():
    """x + relu(constant): the RELU is known beforehand."""
    net = Network(3)
    x = net.input((1, 3, 3, 2))
    data = np.arange(-9, 9, dtype=np.int8).reshape(1, 3, 3, 2)
    known = net.tensor(constant("known", data, Quant((0.05,), (0,))))
    relu = net.add("RELU", (known,), scale=0.05, zero_point=0)
    return net.graph(net.add("ADD", (x, relu)))


def test_folds_what_is_known() -> None:
    graph = _network()
    folded = fold_constants(graph)
    assert [op.kind for op in folded.ops] == ["ADD"]
    samples = random_inputs(graph, 3)
    before = [outputs[-1] for outputs in numpy_reference.run(b"", graph, samples)]
    after = [outputs[-1] for outputs in numpy_reference.run(b"", folded, samples)]
    np.testing.assert_array_equal(before, after)


def test_keeps_an_op_that_writes_a_model_output() -> None:
    net = Network(3)
    x = net.input((1, 4))
    known = net.tensor(constant("known", np.zeros((1, 4), np.int8), Quant((0.05,), (0,))))
    relu = net.add("RELU", (known,), scale=0.05, zero_point=0)
    graph = net.graph(relu, net.add("RELU", (x,)))
    assert len(fold_constants(graph).ops) == 2

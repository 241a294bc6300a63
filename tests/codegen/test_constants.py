"""Equal constants are stored once, whoever uses them."""

from __future__ import annotations

import re

import numpy as np

from edgekit.codegen._constants import Constants
from edgekit.compiler import compile_graph
from edgekit.ops._common import Activation
from edgekit.report.summary import summarize
from edgekit.targets import Target
from tests.support.networks import Network, residual_network


def test_equal_arrays_share_a_symbol() -> None:
    found = Constants()
    one = np.arange(4, dtype=np.int8)
    assert found.add("a", "first", one) == "a"
    assert found.add("b", "second", one.reshape(2, 2).copy()) == "a"
    assert [(c.symbol, c.comment, c.size) for c in found.arrays] == [("a", "first\n * second", 4)]


def test_equal_bytes_of_another_type_are_another_array() -> None:
    found = Constants()
    zeros = (np.zeros(4, np.int8), np.zeros(1, np.int32), np.zeros(1, np.float32))
    symbols = [found.add(name, "", a) for name, a in zip("abc", zeros, strict=True)]
    assert symbols == ["a", "b", "c"]
    assert [c.c_type for c in found.arrays] == ["int8_t", "int32_t", "float"]


def test_minus_zero_is_not_zero() -> None:
    found = Constants()
    found.add("a", "", np.array([0.0], np.float32))
    assert found.add("b", "", np.array([-0.0], np.float32)) == "b"


def _twins() -> Network:
    """Two layers with the same weights, one behind the other."""
    net = Network(4)
    x = net.input((1, 4, 4, 3), scale=0.1, zero_point=4)
    weights, bias = net.weights((3, 3, 3, 3), 0), net.bias(3)
    attrs = {"fused_activation_function": Activation.RELU}
    for _ in range(2):
        x = net.add("CONV_2D", (x, weights, bias), attrs)
    return net


def test_generated_code_stores_them_once(any_target: Target) -> None:
    net = _twins()
    compiled = compile_graph(net.graph(net.ops[-1].outputs[0]), any_target, "twins")
    tree = compiled.tree()
    text = tree["models/twins/twins_weights.c"]
    declared = re.findall(r"extern const \w+ (\w+)\[", tree["models/twins/twins_weights.h"])
    defined = re.findall(r"^const \w+ (\w+)\[", text, re.MULTILINE)
    assert declared == defined
    assert defined
    assert all(name.startswith("twins_op00") for name in defined)
    # Whoever reads the file sees both users.
    assert "/* op 00 CONV_2D" in text
    assert "\n * op 01 CONV_2D" in text


def test_the_report_counts_them_once(any_target: Target) -> None:
    net = _twins()
    for graph in (net.graph(net.ops[-1].outputs[0]), residual_network()):
        compiled = compile_graph(graph, any_target, "net")
        figures = re.search(r" ([\d,]+) bytes of constants", compiled.tree()["models/net/net.c"])
        assert figures is not None
        assert summarize(compiled).constant_bytes == int(figures[1].replace(",", ""))

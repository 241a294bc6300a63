from __future__ import annotations

from edgekit.passes.drop_dead_ops import drop_dead_ops
from tests.support.networks import Network


def test_drops_a_branch_that_nothing_reads() -> None:
    net = Network(4)
    x = net.conv(net.input((1, 5, 5, 2)), 3, 3)
    net.add("RELU", (net.conv(x, 4, 1),))
    used = net.add("RELU", (x,), name="used")
    graph = drop_dead_ops(net.graph(used))
    assert [op.name for op in graph.ops] == ["conv_2d_0", "used"]


def test_keeps_what_is_needed() -> None:
    net = Network(4)
    x = net.conv(net.input((1, 5, 5, 2)), 3, 3)
    graph = net.graph(net.add("ADD", (x, x)))
    assert drop_dead_ops(graph).ops == graph.ops

"""What every rewrite of a graph is held against: the numpy reference of the graph before."""

from __future__ import annotations

import numpy as np

from edgekit import ops
from edgekit.harness.reduced import as_compiled
from edgekit.ir import Graph, verify_graph
from edgekit.oracles import numpy_reference
from tests.support.cases import sample_inputs


def check_same_values(source: Graph, graph: Graph) -> None:
    """Every tensor that is left has the values that it had, in the channels that are left.

    Proofs are checked on the way. The ops must hold their own rules.
    """
    verify_graph(graph)
    for position, op in enumerate(graph.ops):
        ops.check(op, position, graph)
    samples = sample_inputs(source)
    for before, after in zip(
        numpy_reference.run(b"", source, samples),
        numpy_reference.run(b"", graph, samples),
        strict=True,
    ):
        wanted = as_compiled(source, graph, before)
        for op, one, other in zip(graph.ops, wanted, after, strict=True):
            np.testing.assert_array_equal(other, one, err_msg=f"{op.kind} {op.name}")


def macs(graph: Graph) -> int:
    """Multiply-accumulates of a graph."""
    return sum(ops.find(op.kind).macs(op, graph) for op in graph.ops)

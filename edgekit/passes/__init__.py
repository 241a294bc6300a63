"""Graph rewrites, one a file; `_order.py` is the visible list."""

from __future__ import annotations

from edgekit.ir import Graph, verify_graph
from edgekit.passes._order import ORDER
from edgekit.passes._origins import origins

__all__ = ["ORDER", "origins", "run"]


def run(graph: Graph) -> Graph:
    """Apply every pass in order and verify the graph after each.

    Tensors keep their indices, so that an op's output can be compared with the original model's;
    one that lost channels says which it has (`Tensor.live`).
    """
    for rewrite in ORDER:
        graph = rewrite(graph)
        verify_graph(graph)
    return graph

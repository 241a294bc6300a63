"""Tells whether a network was prepared for quantization-aware training."""

from __future__ import annotations

from typing import Any


def is_prepared(function: Any) -> bool:
    """Whether a frozen ConcreteFunction has fake-quantization ops, also in functions it calls."""
    if function is None:
        return False
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for each in graph.library.function for node in each.node_def)]
    return any(node.op.startswith("FakeQuant") for node in nodes)

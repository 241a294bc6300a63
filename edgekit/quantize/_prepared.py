"""Tells of a frozen network what the converter should not be surprised by."""

from __future__ import annotations

from typing import Any

_LOOPS = frozenset({"LoopCond", "While", "StatelessWhile"})


def is_prepared(function: Any) -> bool:
    """Whether a frozen ConcreteFunction has fake-quantization ops, also in functions it calls."""
    if function is None:
        return False
    return any(node.op.startswith("FakeQuant") for node in _nodes(function))


def first_loop(function: Any) -> str:
    """The layer of the first loop in a frozen ConcreteFunction, as recurrent layers have; or ""."""
    loops = (node.name for node in _nodes(function) if node.op in _LOOPS)
    return next((name.partition("/while")[0] for name in loops), "")


def _nodes(function: Any) -> list[Any]:
    graph = function.graph.as_graph_def()
    return [*graph.node, *(node for each in graph.library.function for node in each.node_def)]

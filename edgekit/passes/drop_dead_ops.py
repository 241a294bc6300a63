"""Removes ops that no model output depends on."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op


def drop_dead_ops(graph: Graph) -> Graph:
    """Keep the ops that a model output needs, in their order."""
    needed = set(graph.outputs)
    kept: list[Op] = []
    for op in reversed(graph.ops):
        if needed & set(op.outputs):
            kept.append(op)
            needed |= set(op.inputs)
    return dataclasses.replace(graph, ops=tuple(reversed(kept)))

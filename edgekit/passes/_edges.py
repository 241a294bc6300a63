"""Who writes and who reads a tensor, and ops put in the place of others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from edgekit import ops
from edgekit.ir import Graph, Op


def every_op(graph: Graph) -> list[int]:
    """What to go through while ops are being replaced: the tensors that they write.

    Replacing leaves these as they are, and takes some away.
    """
    return [op.outputs[0] for op in graph.ops]


def writer(graph: Graph, index: int) -> Op | None:
    """The op that writes a tensor; None for inputs and constants."""
    return next((op for op in graph.ops if index in op.outputs), None)


def inner_readers(graph: Graph, index: int) -> list[Op]:
    """The ops that read a tensor; none where a model output needs it, too."""
    if index in graph.outputs:
        return []
    return [op for op in graph.ops if index in op.inputs]


def replaced(graph: Graph, new: Mapping[int, Op], gone: Iterable[Op]) -> Graph:
    """The graph with other ops in some places.

    Args:
        graph: the graph.
        new: the first output of an op -> the op that takes its place.
        gone: ops that are left out.
    """
    out = {op.outputs for op in gone}
    kept = [new.get(op.outputs[0], op) for op in graph.ops if op.outputs not in out]
    return dataclasses.replace(graph, ops=tuple(kept))


def is_supported(graph: Graph, op: Op) -> bool:
    """Whether an op keeps every rule of its kind."""
    return all(rule(op, graph) is None for _, rule in ops.constraints(op.kind))

"""Which ops of a model each op of its compiled graph computes."""

from __future__ import annotations

from edgekit.ir import Graph, Op


def origins(source: Graph, graph: Graph) -> tuple[tuple[Op, ...], ...]:
    """Per op of the compiled graph, the model's ops that it stands for, in their order.

    More than one where ops were fused. Passes leave tensors their indices, so an op whose output
    nothing writes any more is part of the op that its reader became; if nothing reads it either,
    or if it is a constant now, nothing is left of it.

    Args:
        source: the model's own graph.
        graph: the same after the passes.
    """
    position = {op.outputs[0]: i for i, op in enumerate(graph.ops)}
    found: list[list[Op]] = [[] for _ in graph.ops]
    for op in reversed(source.ops):
        index = op.outputs[0]
        if index not in position and not graph.tensors[index].is_const:
            readers = [r for r in source.ops if index in r.inputs and r.outputs[0] in position]
            if readers:
                position[index] = position[readers[0].outputs[0]]
        if index in position:
            found[position[index]].insert(0, op)
    return tuple(map(tuple, found))

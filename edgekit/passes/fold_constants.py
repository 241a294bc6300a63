"""Computes ops whose inputs are all constant when the code is generated."""

from __future__ import annotations

import dataclasses

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.ir.graph import ABSENT


def fold_constants(graph: Graph) -> Graph:
    """Replace ops of constant inputs by their result, which the numpy reference computes.

    An op that writes a model output stays, since outputs live in the arena.
    """
    tensors = list(graph.tensors)
    kept: list[Op] = []
    for op in graph.ops:
        values = [None if i == ABSENT else tensors[i].data for i in op.inputs]
        known = all(
            value is not None or i == ABSENT for value, i in zip(values, op.inputs, strict=True)
        )
        if not known or set(op.outputs) & set(graph.outputs):
            kept.append(op)
            continue
        now = dataclasses.replace(graph, tensors=tuple(tensors))
        result = ops.find(op.kind).reference(op, now, values)
        result.setflags(write=False)
        index = op.outputs[0]
        tensors[index] = dataclasses.replace(tensors[index], data=result)
    return dataclasses.replace(graph, ops=tuple(kept), tensors=tuple(tensors))

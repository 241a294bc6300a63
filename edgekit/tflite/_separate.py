"""Ops of several outputs as an op per output."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import constant


def separate(graph: Graph) -> Graph:
    """The same graph, in which every op has one output.

    Args:
        graph: one whose ops keep their rules.

    Returns:
        The tensors keep their indices; the parts' operands are behind them.
    """
    tensors, made = list(graph.tensors), []
    for op in graph.ops:
        parts = ops.parts(op, graph)
        if parts is None:
            made.append(op)
            continue
        for output, part in zip(op.outputs, parts, strict=True):
            inputs = [op.inputs[part.source]]
            for operand in part.operands:
                inputs.append(len(tensors))
                tensors.append(constant(f"{op.kind.lower()}_operand", np.array(operand, np.int32)))
            title = graph.tensors[output].name
            made.append(Op(part.kind, title, tuple(inputs), (output,), part.attrs))
    return dataclasses.replace(graph, ops=tuple(made), tensors=tuple(tensors))

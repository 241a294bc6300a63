"""The ops' own numpy references, which exist on every platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgekit import ops
from edgekit.ir import Graph
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array

TITLE = "numpy reference"


def unavailable() -> str | None:
    """Never: numpy is a dependency."""
    return None


def run(
    model: bytes,  # noqa: ARG001 - an oracle that interprets the file needs it, this one doesn't
    graph: Graph,
    samples: Sequence[Sequence[Array]],
) -> Iterator[list[Array]]:
    """Every op's output, sample by sample."""
    for sample in samples:
        values: dict[int, Array | None] = {
            i: tensor.data for i, tensor in enumerate(graph.tensors) if tensor.is_const
        }
        values |= dict(zip(graph.inputs, sample, strict=True))
        values[ABSENT] = None
        outputs = []
        for op in graph.ops:
            result = ops.find(op.kind).reference(op, graph, [values[i] for i in op.inputs])
            values[op.outputs[0]] = result
            outputs.append(result)
        yield outputs

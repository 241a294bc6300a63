"""Checks that hold for every graph, whoever made it."""

from __future__ import annotations

from edgekit.errors import InputError
from edgekit.ir.graph import ABSENT, Graph
from edgekit.ir.tensor import Tensor


def verify_graph(graph: Graph) -> None:
    """Check the graph's own consistency.

    Raises:
        InputError: an index points nowhere, a value is read before it is written or written
            twice, a shape is not static, or a constant disagrees with its declared shape.
    """
    for index, tensor in enumerate(graph.tensors):
        _verify_tensor(index, tensor)
    count = len(graph.tensors)
    written = {i for i, t in enumerate(graph.tensors) if t.is_const}
    for index in graph.inputs:
        _require(0 <= index < count, f"model input {index} is not a tensor")
        _require(index not in written, f"model input {index} is a constant or listed twice")
        written.add(index)
    for position, op in enumerate(graph.ops):
        where = f"op {position} ({op.kind})"
        for index in op.inputs:
            _require(ABSENT <= index < count, f"{where} reads tensor {index}, which is not there")
            _require(
                index == ABSENT or index in written,
                f"{where} reads tensor {index} before anything writes it",
            )
        for index in op.outputs:
            _require(0 <= index < count, f"{where} writes tensor {index}, which is not there")
            _require(index not in written, f"{where} writes tensor {index}, which has a value")
            written.add(index)
    for index in graph.outputs:
        _require(index in written, f"model output {index} is never written")
    _require(bool(graph.inputs), "the model has no inputs")
    _require(bool(graph.outputs), "the model has no outputs")
    _require(bool(graph.ops), "the model has no ops")


def _verify_tensor(index: int, tensor: Tensor) -> None:
    where = f"tensor {index} ({tensor.name!r})"
    _require(all(d > 0 for d in tensor.shape), f"{where} has no static shape: {tensor.shape}")
    if tensor.data is not None:
        _require(tensor.data.shape == tensor.shape, f"{where} holds data of another shape")
        _require(str(tensor.data.dtype) == tensor.dtype.held_in, f"{where} holds another type")
    if tensor.quant is not None:
        quant = tensor.quant
        _require(
            len(quant.scales) == len(quant.zero_points) > 0,
            f"{where} has {len(quant.scales)} scales and {len(quant.zero_points)} zero points",
        )
    if tensor.live is not None:
        live, wanted = tensor.live, set(range(tensor.live.count))
        gone = [channel for channel, _ in live.constants]
        _require(
            tensor.shape[-1:] == (len(live.channels),)
            and len({*live.channels}) == tensor.shape[-1],
            f"{where} has {tensor.shape} and {len(live.channels)} live channels",
        )
        _require(
            wanted >= {*live.channels, *gone} and not {*live.channels} & {*gone},
            f"{where} has channels that the model's tensor lacks, or both live and constant ones",
        )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise InputError(f"the model is not consistent: {message}")

"""Leaves out channels that are proven constant, and folds them into the biases of their readers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Live, Op, Quant, Tensor
from edgekit.ir.tensor import Array, constant
from edgekit.ops import reshape
from edgekit.ops._common import quant_of
from edgekit.ops._conv import bias_of
from edgekit.passes._channels import Mask, folds_channels, needed_channels
from edgekit.passes._intervals import Interval, intervals


def drop_constant_channels(graph: Graph) -> Graph:
    """Compute only the channels that depend on the input and that something reads.

    Tensors keep their indices; `Tensor.live` says which channels are left and what the others
    are. Model inputs and outputs, and what ops read that need every channel (ADD, SOFTMAX ...),
    stay whole.
    """
    known = intervals(graph)
    needed = needed_channels(graph, known)
    if not needed:
        return graph
    tensors = list(graph.tensors)
    for index, mask in needed.items():
        tensors[index] = _reduced(graph.tensors[index], mask, known[index])
    kept = [_Reducer(graph, known, needed, tensors).op(op) for op in graph.ops]
    return dataclasses.replace(graph, ops=tuple(kept), tensors=tuple(tensors))


def _reduced(tensor: Tensor, mask: Mask, interval: Interval) -> Tensor:
    """A tensor without the channels that the mask lacks."""
    before = tensor.live or Live(len(mask), tuple(range(len(mask))))
    gone = np.flatnonzero(~mask & interval.constant)
    live = Live(
        before.count,
        tuple(before.channels[i] for i in np.flatnonzero(mask)),
        before.constants + tuple((before.channels[i], int(interval.low[i])) for i in gone),
    )
    return dataclasses.replace(tensor, shape=(*tensor.shape[:-1], int(mask.sum())), live=live)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Reducer:
    """Rewrites ops; new constants go behind the tensors that there are."""

    graph: Graph
    known: dict[int, Interval]
    needed: dict[int, Mask]
    tensors: list[Tensor]

    def op(self, op: Op) -> Op:
        """An op over the reduced tensors."""
        index, result = op.inputs[0], op.outputs[0]
        if index not in self.needed and result not in self.needed:
            return op
        if op.kind == "RESHAPE":
            attrs = reshape.Attrs(self.tensors[result].shape)
            return dataclasses.replace(op, inputs=op.inputs[:1], attrs=attrs)
        if op.kind == "DEPTHWISE_CONV_2D":
            return self._sum(op, self._mask(result), None)
        if folds_channels(op, self.graph):
            depth = self.graph.input(op, 1).shape[-1]
            mask = self._mask(index)
            return self._sum(op, self._mask(result), np.tile(mask, depth // len(mask)))
        return op

    def _mask(self, index: int) -> Mask:
        whole = np.ones(self.graph.tensors[index].shape[-1], np.bool_)
        return self.needed.get(index, whole)

    def _sum(self, op: Op, outputs: Mask, columns: Mask | None) -> Op:
        """A weighted sum of fewer filters, and of fewer input channels where columns are given."""
        weights = self.graph.input(op, 1)
        assert weights.data is not None
        axis = 3 if op.kind == "DEPTHWISE_CONV_2D" else 0
        data = weights.data.compress(outputs, axis)
        bias = bias_of(op, self.graph, len(outputs))[outputs].astype(np.int64)
        if columns is not None:
            bias = bias + self._folded(op, data, columns)
            data = data.compress(columns, data.ndim - 1)
        inputs = [op.inputs[0], self._new(weights, data, outputs)]
        old = self.graph.optional_input(op, 2)
        if old is not None or bias.any():
            like = old or Tensor(f"{weights.name}/folded", DType.INT32, ())
            inputs.append(self._new(like, bias.astype(np.int32), outputs))
        return dataclasses.replace(op, inputs=tuple(inputs))

    def _folded(self, op: Op, weights: Array, columns: Mask) -> Array:
        """What the columns left out add to each sum: theirs is one value, or a weight of 0."""
        tensor, interval = self.graph.input(op, 0), self.known[op.inputs[0]]
        zero = quant_of(tensor).zero_point
        values = np.where(interval.constant, interval.low - zero, 0)
        values = np.tile(values, len(columns) // len(values))
        taps = weights.reshape(len(weights), -1, len(columns)).sum(axis=1, dtype=np.int64)
        return np.asarray(taps[:, ~columns] @ values[~columns])

    def _new(self, old: Tensor, data: Array, outputs: Mask) -> int:
        self.tensors.append(constant(old.name, data, _part(old.quant, outputs), old.dtype))
        return len(self.tensors) - 1


def _part(quant: Quant | None, mask: Sequence[bool] | Mask) -> Quant | None:
    """The scales of the channels that are left."""
    if quant is None or not quant.per_channel:
        return quant
    kept = [i for i, keep in enumerate(mask) if keep]
    return Quant(
        tuple(quant.scales[i] for i in kept), tuple(quant.zero_points[i] for i in kept), quant.axis
    )

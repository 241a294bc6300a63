"""Which channels of a graph's tensors have to be computed.

A channel can be left out where it is proven constant and every op that reads it can do without,
or where nothing reads it. Everything begins as left out; what an op needs is put back until
nothing changes, which leaves out as much as possible.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit import ops
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import quant_of
from edgekit.ops._padding import paddings
from edgekit.ops._reduction import ReducerAttrs, axes_of
from edgekit.passes._intervals import Interval
from edgekit.passes._sums import is_padded

Mask = npt.NDArray[np.bool_]

_POOLS = ("AVERAGE_POOL_2D", "MAX_POOL_2D")


def needed_channels(graph: Graph, known: dict[int, Interval]) -> dict[int, Mask]:
    """The channels to compute, of every tensor that can be reduced.

    Args:
        graph: the graph.
        known: the intervals of its tensors.

    Returns:
        Tensor -> [channels], for the tensors that lose at least one. What is left is an even
        number and not 0.
    """
    fixed = _fixed(graph)
    needed = {
        index: np.full(graph.tensors[index].shape[-1], index in fixed, np.bool_) for index in known
    }
    written = [op.outputs[0] for op in graph.ops if op.outputs[0] in needed]
    while True:
        _settle(graph, known, needed)
        index = next((i for i in written if _is_awkward(needed[i])), None)
        if index is None:
            return {index: needed[index] for index in written if not needed[index].all()}
        needed[index][np.argmin(needed[index])] = True


def _is_awkward(mask: Mask) -> bool:
    """Whether a channel more is better: every tensor needs one, and fast kernels like pairs.

    They compute two filters at a time and read two or four channels at once. On a core with DSP
    instructions vww_96 takes 1 % less with even numbers, though it has 0.3 % more to compute.
    """
    count = int(mask.sum())
    return not mask.all() and (count == 0 or count % 2 == 1)


def source_channels(op: Op, graph: Graph) -> npt.NDArray[np.int64] | None:
    """For an op that keeps channels apart, which input channel each output channel is made of.

    Returns:
        [output channels], or None where the op mixes them.
    """
    source, result = graph.input(op, 0), graph.output(op)
    if not source.shape or not result.shape or source.dtype is not DType.INT8:
        return None
    channels = source.shape[-1]
    every = np.arange(result.shape[-1], dtype=np.int64)
    if op.kind == "DEPTHWISE_CONV_2D":
        return np.repeat(np.arange(channels, dtype=np.int64), op.attrs.depth_multiplier)
    if op.kind == "RESHAPE":
        return every % channels if result.shape[-1] % channels == 0 else None
    if op.kind in ("PAD", "PADV2"):
        last = paddings(op, graph)[-1]
        return every if last.padded == last.size else None
    if isinstance(op.attrs, ReducerAttrs):
        return None if len(source.shape) - 1 in axes_of(op, graph) else every
    return every if op.kind in _POOLS or ops.maps_values(op, graph) else None


def folds_channels(op: Op, graph: Graph) -> bool:
    """Whether an op can take constant input channels into its bias."""
    channels = graph.input(op, 0).shape[-1]
    if op.kind == "CONV_2D":
        return graph.input(op, 1).shape[3] == channels  # no groups
    return op.kind == "FULLY_CONNECTED" and graph.input(op, 1).shape[1] % channels == 0


def _fixed(graph: Graph) -> set[int]:
    """Tensors that keep all channels: constants, and what the world outside reads or writes."""
    constants = {index for index, tensor in enumerate(graph.tensors) if tensor.is_const}
    return constants | set(graph.inputs) | set(graph.outputs)


def _settle(graph: Graph, known: dict[int, Interval], needed: dict[int, Mask]) -> None:
    """Put back what ops need until nothing changes."""
    changed = True
    while changed:
        changed = False
        for op in reversed(graph.ops):
            changed |= _require(op, graph, known, needed)


def _require(op: Op, graph: Graph, known: dict[int, Interval], needed: dict[int, Mask]) -> bool:
    """Put back what an op needs; whether that was anything."""
    index, result = op.inputs[0], op.outputs[0]
    if index in needed and result in needed:
        source = source_channels(op, graph)
        if source is not None:
            channel = needed[index].copy()
            np.logical_or.at(channel, source, needed[result])
            return _add(needed, index, channel) | _add(needed, result, channel[source])
        if folds_channels(op, graph):
            return _add(needed, index, ~_dispensable(op, graph, known[index], needed[result]))
    changed = [_add(needed, i, np.True_) for i in (*op.inputs, *op.outputs) if i in needed]
    return any(changed)


def _add(needed: dict[int, Mask], index: int, more: Mask | np.bool_) -> bool:
    before = needed[index]
    needed[index] = before | more
    return bool((needed[index] != before).any())


def _dispensable(op: Op, graph: Graph, x: Interval, outputs: Mask) -> Mask:
    """The input channels that a weighted sum can do without, if it computes these outputs.

    A constant one goes into the bias, but where taps are in the padding only if it equals the
    padding: there it would count at some positions and not at others.
    """
    data = graph.input(op, 0)
    weights = graph.input(op, 1).data
    assert weights is not None
    used = weights[outputs].reshape(-1, weights.shape[-1]).any(axis=0)
    used = used.reshape(-1, data.shape[-1]).any(axis=0)
    constant = x.constant
    if is_padded(op, graph):
        constant = constant & (x.low == quant_of(data).zero_point)
    return np.asarray(constant | ~used)

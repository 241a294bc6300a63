"""The model's tensors as the compiled graph has them: fewer of them, and fewer channels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit import ops, passes
from edgekit.errors import EdgekitError, ExitCode
from edgekit.ir import Graph, Op, Tensor
from edgekit.ir.tensor import Array


class WrongProofError(EdgekitError):
    """The compiler took something for constant that is not: a defect of edgekit."""

    exit_code = ExitCode.MISMATCH


def as_compiled(source: Graph, graph: Graph, outputs: Sequence[Array]) -> list[Array]:
    """What every op of the compiled graph should write, from what the model's own ops write.

    Also holds what was left out against its proof: channels and whole tensors that the compiler
    took for constant.

    Args:
        source: the model's own graph.
        graph: the same after the passes.
        outputs: the output of every op of `source`, for one sample.

    Returns:
        The output of every op of `graph`: the same tensors, restricted to the live channels.

    Raises:
        WrongProofError: a value is not the constant that it should be.
    """
    found: dict[int, Array] = {}
    for op, array in zip(source.ops, outputs, strict=True):
        index = op.outputs[0]
        whole = array.reshape(source.tensors[index].shape)
        tensor = graph.tensors[index]
        if tensor.data is not None and not np.array_equal(whole, tensor.data):
            raise _wrong(op, tensor, "the compiler computed it beforehand, with another result")
        found[index] = _live(op, tensor, whole)
    return [found[op.outputs[0]] for op in graph.ops]


def notes(source: Graph, graph: Graph, traced: Graph) -> tuple[str, ...]:
    """What a comparison of the device's tensors can't show.

    Args:
        source: the model's own graph.
        graph: the same after the passes.
        traced: of that, what the device runs one by one: it lacks the ops inside of streams.
    """
    made = []
    fused = sum(len(own) - 1 for own in passes.origins(source, graph) if own)
    if fused == 1:
        made.append("1 tensor of the model exists no more: it was fused with the one behind it")
    elif fused:
        made.append(
            f"{fused} tensors of the model exist no more: each was fused with the one behind it"
        )
    streamed = len(graph.ops) - len(traced.ops) - _shared(graph, traced)
    if streamed:
        what = "1 tensor is" if streamed == 1 else f"{streamed} tensors are"
        made.append(
            f"{what} never whole on the device: ops that run band by band with the ops behind "
            "them write it, and what the last of those write was compared"
        )
    live = [t.live for t in (graph.output(op) for op in graph.ops) if t.live is not None]
    if live:
        constant = sum(len(each.constants) for each in live)
        unread = sum(each.count - len(each.channels) for each in live) - constant
        made.append(
            f"{constant:,} channels are left out as constant, which the oracle's tensors confirm, "
            f"and {unread:,} because nothing reads them"
        )
    return tuple(made)


def _shared(graph: Graph, traced: Graph) -> int:
    """Tensors that are another one's bytes, which the device runs no op for: compared with it."""
    written = {*graph.inputs, *(op.outputs[0] for op in traced.ops)}
    return sum(
        ops.aliases(op, graph) and (op not in traced.ops or op.inputs[0] not in written)
        for op in graph.ops
    )


def _live(op: Op, tensor: Tensor, whole: Array) -> Array:
    """The channels that are left, after a look at the others.

    Without a RESHAPE in front of it a tensor may have another shape than in the model.
    """
    if tensor.live is None:
        return whole.reshape(tensor.shape)
    whole = whole.reshape(*tensor.shape[:-1], tensor.live.count)
    for channel, value in tensor.live.constants:
        wrong = np.argwhere(whole[..., channel] != value)
        if wrong.size:
            at = (*map(int, wrong[0]), channel)
            raise _wrong(op, tensor, f"{list(at)} should always be {value} and is {whole[at]}")
    return np.ascontiguousarray(whole[..., list(tensor.live.channels)])


def _wrong(op: Op, tensor: Tensor, what: str) -> WrongProofError:
    return WrongProofError(
        f"{op.kind} {op.name!r}: the tensor {tensor.name!r} is not what the compiler relies on: "
        f"{what}",
        "this is a defect of edgekit: please report it with the model",
    )

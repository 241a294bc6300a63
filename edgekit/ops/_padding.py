"""What PAD and PADV2 share: zero or more elements before and behind each dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._kernel import KernelCall, KernelChoice

MAX_RANK = 5
LOOPS = MAX_RANK - 1


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of the input with its padding, in elements."""

    size: int
    before: int
    behind: int

    @property
    def padded(self) -> int:
        """Its extent in the output."""
        return self.before + self.size + self.behind


def paddings(op: Op, graph: Graph) -> list[Axis]:
    """The dimensions, from the constant second input, int32 [rank, 2]."""
    data = graph.input(op, 1).data
    assert data is not None
    pairs = data.reshape(-1, 2).tolist()
    shape = graph.input(op, 0).shape
    return [Axis(n, before, behind) for n, (before, behind) in zip(shape, pairs, strict=True)]


def constant_paddings(op: Op, graph: Graph) -> str | None:
    """At most 5 dimensions; the paddings constant int32 [rank, 2], none of them negative."""
    rank, tensor = len(graph.input(op, 0).shape), graph.input(op, 1)
    if not 1 <= rank <= MAX_RANK:
        return f"an input of {rank} dimensions"
    if tensor.data is None:
        return f"the paddings {tensor.name!r} are computed at run time"
    if tensor.dtype is not DType.INT32 or tensor.shape != (rank, 2):
        return f"paddings of shape {tensor.shape} and type {tensor.dtype.value}"
    if tensor.data.min() < 0:
        return f"the paddings {tensor.data.tolist()}"
    return None


def padded_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's shape and the paddings."""
    return tuple(axis.padded for axis in paddings(op, graph))


def pad_reference(op: Op, graph: Graph, values: Array, fill: int) -> Array:
    """The input in the middle of `fill`."""
    widths = [(axis.before, axis.behind) for axis in paddings(op, graph)]
    return np.pad(values, widths, constant_values=values.dtype.type(fill))


def merged(axes: list[Axis], itemsize: int) -> list[Axis]:
    """The same in bytes: an unpadded dimension is part of the one around it."""
    found: list[Axis] = []
    run = itemsize
    for axis in reversed(axes):
        found.append(Axis(axis.size * run, axis.before * run, axis.behind * run))
        run = 1
        if axis.padded == axis.size:
            run = found.pop().size
    return (found if run == 1 else [*found, Axis(run, 0, 0)])[::-1]


def pad_kernel(op: Op, graph: Graph, fill: int) -> KernelChoice:
    """The kernel: fill the output, then copy rows of the input into it.

    Args:
        op: PAD or PADV2.
        graph: its graph.
        fill: the byte of which the padding is made.
    """
    tensor: Tensor = graph.input(op, 0)
    axes = merged(paddings(op, graph), tensor.dtype.itemsize)
    *outer, row = [Axis(1, 0, 0)] * (MAX_RANK - len(axes)) + axes
    extents = [*(axis.padded for axis in outer), row.padded]
    strides = [math.prod(extents[i + 1 :]) for i in range(LOOPS)]
    offset = row.before + sum(
        axis.before * stride for axis, stride in zip(outer, strides, strict=True)
    )
    params = (
        ("output_bytes", graph.output(op).nbytes),
        ("output_offset", offset),
        ("fill", fill),
        *((f"size_{i}", axis.size) for i, axis in enumerate(outer)),
        *((f"stride_{i}", stride) for i, stride in enumerate(strides)),
        ("row_bytes", row.size),
    )
    return KernelChoice("pad", "bytes", (KernelCall(params),))

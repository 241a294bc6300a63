"""AVERAGE_POOL_2D: int8 or int16; padding does not count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import MAX_TERMS, fused_range, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._pool import (
    PoolAttrs,
    parse_pool,
    pool_kernel,
    pool_rows,
    pool_shape,
    pooled_windows,
    wrong_pool_options,
    wrong_tensors,
)
from edgekit.targets import Target

TFLITE_CODE = 1

Attrs = PoolAttrs


def parse(options: Table | None) -> PoolAttrs:
    """Read Pool2DOptions."""
    return parse_pool(options)


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_input(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, of 4 dimensions, with the same scale and
    zero point.
    """
    return wrong_tensors(op, graph)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """Filter and strides must be positive, a VALID window must fit into the input, and the
    activation be NONE, RELU, RELU_N1_TO_1 or RELU6.
    """
    return wrong_pool_options(op, graph)


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No more than 2**23 values, or 2**15 of int16, may go into one mean, so that the sum stays
    within 32 bits.
    """
    tensor, attrs = graph.input(op, 0), op.attrs
    _, height, width, _ = tensor.shape
    count = min(attrs.filter_height, height) * min(attrs.filter_width, width)
    return f"means of {count} values" if count > MAX_TERMS[tensor.dtype] else None


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, channels]."""
    return pool_shape(op, graph)


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The mean of the quantized values, rounded to nearest, ties away from zero."""
    x = inputs[0]
    assert x is not None
    result = np.empty(pool_shape(op, graph), x.dtype)
    low, high = fused_range(op, graph)
    for i, j, part in pooled_windows(op, graph, x):
        count = part.shape[1] * part.shape[2]
        sums = part.sum(axis=(1, 2), dtype=np.int64)
        means = np.sign(sums) * ((np.abs(sums) + count // 2) // count)
        result[:, i, j] = np.clip(means, low, high)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return pool_kernel("average_pool_2d", op, graph)


def macs(op: Op, graph: Graph) -> int:
    """None: it adds and divides."""
    return 0


row_window = pool_rows

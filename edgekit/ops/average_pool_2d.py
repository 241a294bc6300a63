"""AVERAGE_POOL_2D: int8 or int16; padding does not count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import MAX_TERMS, fused_range
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._pool import (
    PoolAttrs,
    parse_pool,
    pool_images,
    pool_kernel,
    pool_options,
    pool_rows,
    pool_shape,
    pooled_windows,
)
from edgekit.ops._usual import one_input
from edgekit.targets import Target

TFLITE_CODE = 1

Attrs = PoolAttrs
parse = parse_pool
constraint_inputs = one_input
constraint_input = pool_images
constraint_options = pool_options


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No more than 2**23 values, or 2**15 of int16, may go into one mean, so that the sum stays
    within 32 bits.
    """
    tensor, attrs = graph.input(op, 0), op.attrs
    _, height, width, _ = tensor.shape
    count = min(attrs.filter_height, height) * min(attrs.filter_width, width)
    return f"means of {count} values" if count > MAX_TERMS[tensor.dtype] else None


infer_shape = pool_shape


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

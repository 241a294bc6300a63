"""MAX_POOL_2D: int8 or int16; padding does not count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import fused_range
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

TFLITE_CODE = 17

Attrs = PoolAttrs
parse = parse_pool
constraint_inputs = one_input
constraint_input = pool_images
constraint_options = pool_options
infer_shape = pool_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The largest value under each window, clamped."""
    x = inputs[0]
    assert x is not None
    result = np.empty(pool_shape(op, graph), x.dtype)
    low, high = fused_range(op, graph)
    for i, j, part in pooled_windows(op, graph, x):
        result[:, i, j] = np.clip(part.max(axis=(1, 2)), low, high)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return pool_kernel("max_pool_2d", op, graph)


def macs(op: Op, graph: Graph) -> int:
    """None: it compares."""
    return 0


row_window = pool_rows

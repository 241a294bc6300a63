"""MAX_POOL_2D: int8 or int16; padding does not count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import fused_range, wrong_inputs
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

TFLITE_CODE = 17

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


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height, width, channels]."""
    return pool_shape(op, graph)


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

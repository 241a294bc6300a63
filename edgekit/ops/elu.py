"""ELU: e**x - 1 for negative x, x itself from 0 on; int8, by a table of its 256 results.

Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
Linear Units", 2016; the arithmetic of single floats is TFLite Micro's, and part of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of, wrong_inputs
from edgekit.ops._elementwise import MAX_RESCALE_SHIFT, wrong_int8
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._lookup import EVERY, look_up, lookup_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 111


@dataclass(frozen=True, slots=True)
class Attrs:
    """The TFLite schema has no options for it."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 2**22 times the output's, which is at least 2**-22."""
    scale, other = quant_of(graph.input(op, 0)).scale, quant_of(graph.output(op)).scale
    most = 2.0 ** MAX_RESCALE_SHIFT[DType.INT8]
    return None if scale < most * other and most * other >= 1 else f"{scale:g} and {other:g}"


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    quant, output = quant_of(graph.input(op, 0)), quant_of(graph.output(op))
    inverse = np.float32(1) / np.float32(output.scale)
    real = np.float32(quant.scale) * (EVERY - quant.zero_point).astype(np.float32)
    # The library's single exponential is the double one rounded, but for rare last bits.
    below = np.exp(np.minimum(real, 0).astype(np.float64)).astype(np.float32) - np.float32(1)
    scaled = np.where(real < 0, below, real) * inverse
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    shifted = rounded.astype(np.int64) + output.zero_point
    table: Array = np.clip(shifted, INT8_MIN, INT8_MAX).astype(np.int8)
    return table


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Looked up in the table."""
    return look_up(_table(op, graph), inputs)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return lookup_kernel(op, graph, _table(op, graph))


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

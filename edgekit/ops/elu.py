"""ELU: e**x - 1 for negative x, x itself from 0 on; int8, by a table of its 256 results.

Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
Linear Units", 2016; the arithmetic of single floats is TFLite Micro's, and part of the result.
"""

from __future__ import annotations

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import held, quant_of
from edgekit.ops._elementwise import MAX_RESCALE_SHIFT
from edgekit.ops._lookup import EVERY, table_kernel, table_reference
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, input_shape, int8_types, no_macs, no_options, one_input

TFLITE_CODE = 111

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_types


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
    return held(rounded.astype(np.int64), graph.output(op))


infer_shape = input_shape
reference = table_reference(_table)
kernel = table_kernel(_table)
macs = no_macs
row_window = elementwise_rows

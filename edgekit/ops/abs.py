"""ABS: values without their sign; int8, by a table of its 256 results."""

from __future__ import annotations

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import held, quant_of
from edgekit.ops._elementwise import multiplier_between, wrong_rescale
from edgekit.ops._lookup import EVERY, table_kernel, table_reference
from edgekit.ops._quant import multiply_by_quantized_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, input_shape, int8_types, no_macs, no_options, one_input

TFLITE_CODE = 101

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_types


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 2**22 times the output's."""
    return wrong_rescale(graph.input(op, 0), graph.output(op))


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    tensor, output = graph.input(op, 0), graph.output(op)
    value = np.abs(EVERY - quant_of(tensor).zero_point)
    if quant_of(tensor).scale != quant_of(output).scale:
        value = multiply_by_quantized_multiplier(value, *multiplier_between(tensor, output))
    return held(value, output)


infer_shape = input_shape
reference = table_reference(_table)
kernel = table_kernel(_table)
macs = no_macs
row_window = elementwise_rows

"""LEAKY_RELU: negative values times a factor; int8, by a table of its 256 results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import held, quant_of
from edgekit.ops._elementwise import MAX_RESCALE_SHIFT
from edgekit.ops._lookup import EVERY, table_kernel, table_reference
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import input_shape, int8_types, no_macs, one_input

TFLITE_CODE = 98


@dataclass(frozen=True, slots=True)
class Attrs:
    """LeakyReluOptions of the TFLite schema."""

    alpha: float = 0.0


def parse(options: Table | None) -> Attrs:
    """Read LeakyReluOptions."""
    return Attrs() if options is None else Attrs(options.float32(0))


constraint_inputs = one_input
constraint_types = int8_types


def constraint_alpha(op: Op, graph: Graph) -> str | None:
    """The factor of negative values must be finite and not below 0."""
    alpha = op.attrs.alpha
    return None if 0.0 <= alpha < np.inf else f"the factor {alpha:g}"


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale, also times the factor, must be less than 2**22 times the output's."""
    if max(_real_multipliers(op, graph)) < 2.0 ** MAX_RESCALE_SHIFT[DType.INT8]:
        return None
    scales = [quant_of(t).scale for t in (graph.input(op, 0), graph.output(op))]
    return f"the scales {scales[0]:g} and {scales[1]:g} with the factor {op.attrs.alpha:g}"


def _real_multipliers(op: Op, graph: Graph) -> tuple[float, float]:
    """What values from 0 on and negative ones are multiplied with."""
    scale = float(quant_of(graph.input(op, 0)).scale)
    other = float(quant_of(graph.output(op)).scale)
    return scale / other, scale * float(op.attrs.alpha) / other


def _table(op: Op, graph: Graph) -> Array:
    """The result for every input, from -128 to 127, int8."""
    same, scaled = (quantize_multiplier(real) for real in _real_multipliers(op, graph))
    centred = EVERY - quant_of(graph.input(op, 0)).zero_point
    result = np.where(
        centred >= 0,
        multiply_by_quantized_multiplier(centred, *same),
        multiply_by_quantized_multiplier(centred, *scaled),
    )
    return held(result, graph.output(op))


infer_shape = input_shape
reference = table_reference(_table)
kernel = table_kernel(_table)
macs = no_macs
row_window = elementwise_rows

"""LEAKY_RELU: negative values times a factor; int8, by a table of its 256 results."""

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
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 98


@dataclass(frozen=True, slots=True)
class Attrs:
    """LeakyReluOptions of the TFLite schema."""

    alpha: float = 0.0


def parse(options: Table | None) -> Attrs:
    """Read LeakyReluOptions."""
    return Attrs() if options is None else Attrs(options.float32(0))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.output(op))


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
    shifted = result + quant_of(graph.output(op)).zero_point
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

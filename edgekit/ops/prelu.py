"""PRELU: negative values times a factor that was learned; int8, with broadcasting.

Source: He et al., "Delving Deep into Rectifiers", 2015 (arXiv:1502.01852).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import broadcast_shape, loop_params, wrong_broadcast
from edgekit.ops._common import held, quant_of, wrong_inputs
from edgekit.ops._elementwise import MAX_RESCALE_SHIFT, wrong_int8
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, input_shape, no_options
from edgekit.targets import Target

TFLITE_CODE = 54

# A negative value times a factor, both less their zero points, is below 2**16.
MAX_PRODUCT_SHIFT = 14

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one has the factors."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.input(op, 1), graph.output(op))


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """The factors must broadcast to the input, in at most 4 loops and 4 dimensions."""
    found, shape = wrong_broadcast(op, graph), graph.input(op, 0).shape
    if found is None and (broadcast_shape(op, graph) != shape or len(shape) > 4):
        return f"factors of {graph.input(op, 1).shape} for {shape}"
    return found


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 2**22 times the output's, with the factors' 2**14."""
    (_, same), (_, scaled) = _multipliers(op, graph)
    if same <= MAX_RESCALE_SHIFT[DType.INT8] and scaled <= MAX_PRODUCT_SHIFT:
        return None
    tensors = (graph.input(op, 0), graph.input(op, 1), graph.output(op))
    first, second, output = (quant_of(tensor).scale for tensor in tensors)
    return f"the scales {first:g}, of the factors {second:g}, and {output:g}"


def _multipliers(op: Op, graph: Graph) -> tuple[tuple[int, int], tuple[int, int]]:
    """Mantissa and shift for values from 0 on, and for products with a factor."""
    scale, factor = (float(quant_of(graph.input(op, i)).scale) for i in (0, 1))
    output = float(quant_of(graph.output(op)).scale)
    return quantize_multiplier(scale / output), quantize_multiplier(scale * factor / output)


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """In integers, requantized by the sign."""
    values, factors = inputs[0], inputs[1]
    assert values is not None
    assert factors is not None
    same, scaled = _multipliers(op, graph)
    centred = values.astype(np.int64) - quant_of(graph.input(op, 0)).zero_point
    product = centred * (factors.astype(np.int64) - quant_of(graph.input(op, 1)).zero_point)
    result = np.where(
        centred >= 0,
        multiply_by_quantized_multiplier(centred, *same),
        multiply_by_quantized_multiplier(product, *scaled),
    )
    return held(result, graph.output(op))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    same, scaled = _multipliers(op, graph)
    params = (
        *loop_params(op, graph),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("factor_zero_point", quant_of(graph.input(op, 1)).zero_point),
        ("output_zero_point", quant_of(graph.output(op)).zero_point),
        ("same_multiplier", same[0]),
        ("same_shift", same[1]),
        ("scaled_multiplier", scaled[0]),
        ("scaled_shift", scaled[1]),
    )
    in_place = elementwise_lead(op, graph, 0)
    return KernelChoice("prelu", "s8", (KernelCall(params, inputs=(0, 1)),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """One per output element, counted as if all were negative."""
    return graph.output(op).size


row_window = elementwise_rows

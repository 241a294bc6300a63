"""int8 or int16 to either of another scale and zero point: what RELU and QUANTIZE do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import held, quant_of
from edgekit.ops._elementwise import multiplier_between
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier

_VARIANTS = {
    (DType.INT8, DType.INT8): "s8",
    (DType.INT8, DType.INT16): "s8_s16",
    (DType.INT16, DType.INT8): "s16_s8",
    (DType.INT16, DType.INT16): "s16",
}


def rescale(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The first input in the output's quantization and type."""
    values = inputs[0]
    assert values is not None
    centred = values.astype(np.int64) - quant_of(graph.input(op, 0)).zero_point
    scaled = multiply_by_quantized_multiplier(
        centred, *multiplier_between(graph.input(op, 0), graph.output(op))
    )
    return held(scaled, graph.output(op))


def rescale_kernel(op: Op, graph: Graph, low: int, high: int) -> KernelChoice:
    """The kernel that does the same and clamps to [low, high]."""
    multiplier, shift = multiplier_between(graph.input(op, 0), graph.output(op))
    params = (
        ("count", graph.output(op).size),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("multiplier", multiplier),
        ("shift", shift),
        ("output_zero_point", quant_of(graph.output(op)).zero_point),
        ("output_min", low),
        ("output_max", high),
    )
    in_place = elementwise_lead(op, graph)
    types = graph.input(op, 0).dtype, graph.output(op).dtype
    return KernelChoice("rescale", _VARIANTS[types], (KernelCall(params),), in_place=in_place)

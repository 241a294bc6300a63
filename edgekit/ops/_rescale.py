"""int8 to int8 of another scale and zero point: what RELU and QUANTIZE do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of
from edgekit.ops._elementwise import multiplier_between
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier


def rescale(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The first input in the output's quantization, int8."""
    values = inputs[0]
    assert values is not None
    centred = values.astype(np.int64) - quant_of(graph.input(op, 0)).zero_point
    scaled = multiply_by_quantized_multiplier(
        centred, *multiplier_between(graph.input(op, 0), graph.output(op))
    )
    shifted = scaled + quant_of(graph.output(op)).zero_point
    return np.clip(shifted, INT8_MIN, INT8_MAX).astype(np.int8)


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
    return KernelChoice("rescale", "s8", (KernelCall(params),), in_place=in_place)

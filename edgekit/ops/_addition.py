"""What ADD and SUB share: two inputs to a common scale, their sum to the output's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import loop_params
from edgekit.ops._common import Activation, fused_range, quant_of
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier

# Both inputs are brought to a common scale with this many bits to spare. The number is TFLite
# Micro's, and part of the result.
LEFT_SHIFT = {DType.INT8: 20, DType.INT16: 15}


@dataclass(frozen=True, slots=True)
class AdditionAttrs:
    """AddOptions and SubOptions of the TFLite schema."""

    fused_activation_function: Activation = Activation.NONE
    pot_scale_int16: bool = True


def parse_addition(options: Table | None) -> AdditionAttrs:
    """Read AddOptions or SubOptions."""
    if options is None:
        return AdditionAttrs()
    return AdditionAttrs(Activation(options.int8(0)), options.boolean(1, True))


def sum_scales(op: Op, graph: Graph) -> str | None:
    """The output's scale must be more than the inputs' larger one divided by 2**19, with int16 by
    2**14.
    """
    if _multipliers(op, graph)[2][1] <= 0:
        return None
    scales = [quant_of(t).scale for t in (graph.input(op, 0), graph.input(op, 1))]
    return f"inputs of scale {scales[0]:g} and {scales[1]:g}, the output {_scale_out(op, graph):g}"


def _scale_out(op: Op, graph: Graph) -> float:
    return quant_of(graph.output(op)).scale


def _multipliers(op: Op, graph: Graph) -> tuple[tuple[int, int], ...]:
    """(mantissa, shift) of the first input, the second one and their sum."""
    left = LEFT_SHIFT[graph.input(op, 0).dtype]
    scales = [float(quant_of(graph.input(op, i)).scale) for i in (0, 1)]
    common = 2.0 * max(scales)
    return (
        quantize_multiplier(scales[0] / common),
        quantize_multiplier(scales[1] / common),
        quantize_multiplier(common / ((1 << left) * _scale_out(op, graph))),
    )


def added(op: Op, graph: Graph, inputs: Sequence[Array | None], sign: int) -> Array:
    """The first input and `sign` (1 or -1) times the second one, of their type."""
    multipliers = _multipliers(op, graph)
    total = np.int64(0)
    for position, factor in ((0, 1), (1, sign)):
        values = inputs[position]
        assert values is not None
        centred = values.astype(np.int64) - quant_of(graph.input(op, position)).zero_point
        shifted = centred << np.int64(LEFT_SHIFT[graph.input(op, position).dtype])
        scaled = multiply_by_quantized_multiplier(shifted, *multipliers[position])
        total = total + factor * scaled
    output = graph.output(op)
    zero = quant_of(output).zero_point
    result = multiply_by_quantized_multiplier(total, *multipliers[2]) + zero
    held: Array = np.clip(result, *fused_range(op, graph)).astype(output.dtype.numpy)
    return held


def addition_kernel(op: Op, graph: Graph, sign: int) -> KernelChoice:
    """The kernel that does the same."""
    first, second, total = _multipliers(op, graph)
    output = quant_of(graph.output(op))
    low, high = fused_range(op, graph)
    params = (
        *loop_params(op, graph),
        ("input1_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("input1_multiplier", first[0]),
        ("input1_shift", first[1]),
        ("input2_zero_point", quant_of(graph.input(op, 1)).zero_point),
        ("input2_multiplier", second[0]),
        ("input2_shift", second[1]),
        ("input2_sign", sign),
        ("output_zero_point", output.zero_point),
        ("output_multiplier", total[0]),
        ("output_shift", total[1]),
        ("output_min", low),
        ("output_max", high),
    )
    in_place = (*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1))
    variant = "s8" if graph.output(op).dtype is DType.INT8 else "s16"
    return KernelChoice("add", variant, (KernelCall(params, inputs=(0, 1)),), in_place=in_place)

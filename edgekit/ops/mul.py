"""MUL: int8 or int16 multiplication with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import (
    broadcast_result,
    broadcasting,
    loop_params,
)
from edgekit.ops._common import (
    Activation,
    fused_range,
    quant_of,
)
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import clamping_activation, int8_or_int16_pairs, two_inputs
from edgekit.targets import Target

TFLITE_CODE = 18

# The product of two int8 values less their zero points is below 2**16. Shifted to the left by 14
# bits it is below 2**30: nothing in int32 can overflow. That of two int16 values is up to 2**30.
MAX_SHIFT = {DType.INT8: 14, DType.INT16: 0}


@dataclass(frozen=True, slots=True)
class Attrs:
    """MulOptions of the TFLite schema."""

    fused_activation_function: Activation = Activation.NONE


def parse(options: Table | None) -> Attrs:
    """Read MulOptions."""
    return Attrs() if options is None else Attrs(Activation(options.int8(0)))


constraint_inputs = two_inputs
constraint_types = int8_or_int16_pairs
constraint_shapes = broadcasting
constraint_options = clamping_activation


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The product of the inputs' scales must be less than 2**14 times the output's; of int16
    less than the output's.
    """
    if _multiplier(op, graph)[1] <= MAX_SHIFT[graph.output(op).dtype]:
        return None
    tensors = (graph.input(op, 0), graph.input(op, 1), graph.output(op))
    first, second, output = (quant_of(tensor).scale for tensor in tensors)
    return f"inputs of scale {first:g} and {second:g}, the output {output:g}"


def _multiplier(op: Op, graph: Graph) -> tuple[int, int]:
    """Mantissa and shift that take a product to the output's scale."""
    first, second = (float(quant_of(graph.input(op, i)).scale) for i in (0, 1))
    return quantize_multiplier(first * second / quant_of(graph.output(op)).scale)


infer_shape = broadcast_result


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The product in integers, then requantization."""
    product = np.int64(1)
    for position in (0, 1):
        values = inputs[position]
        assert values is not None
        zero_point = quant_of(graph.input(op, position)).zero_point
        product = product * (values.astype(np.int64) - zero_point)
    output = quant_of(graph.output(op))
    low, high = fused_range(op, graph)
    scaled = multiply_by_quantized_multiplier(product, *_multiplier(op, graph))
    return np.clip(scaled + output.zero_point, low, high).astype(graph.output(op).dtype.numpy)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    multiplier, shift = _multiplier(op, graph)
    output = quant_of(graph.output(op))
    low, high = fused_range(op, graph)
    params = (
        *loop_params(op, graph),
        ("input1_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("input2_zero_point", quant_of(graph.input(op, 1)).zero_point),
        ("output_zero_point", output.zero_point),
        ("output_multiplier", multiplier),
        ("output_shift", shift),
        ("output_min", low),
        ("output_max", high),
    )
    in_place = (*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1))
    variant = "s8" if graph.output(op).dtype is DType.INT8 else "s16"
    return KernelChoice("mul", variant, (KernelCall(params, inputs=(0, 1)),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """One per output element."""
    return graph.output(op).size


row_window = elementwise_rows

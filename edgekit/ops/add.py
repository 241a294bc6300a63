"""ADD: int8 addition with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import broadcast_shape, loop_params, wrong_broadcast
from edgekit.ops._common import Activation, activation_range, quant_of, wrong_activation
from edgekit.ops._elementwise import wrong_inputs, wrong_int8
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier, quantize_multiplier
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 0

# Both inputs are brought to a common scale with this many bits to spare. The number is TFLite
# Micro's, and part of the result.
LEFT_SHIFT = 20


@dataclass(frozen=True, slots=True)
class Attrs:
    """AddOptions of the TFLite schema."""

    fused_activation_function: Activation = Activation.NONE
    pot_scale_int16: bool = True


def parse(options: Table | None) -> Attrs:
    """Read AddOptions."""
    if options is None:
        return Attrs()
    return Attrs(Activation(options.int8(0)), options.boolean(1, True))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must be int8, with one scale each."""
    return wrong_int8(graph.input(op, 0), graph.input(op, 1), graph.output(op))


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """The inputs must broadcast to each other, in at most 4 loops."""
    return wrong_broadcast(op, graph)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """The fused activation must be NONE, RELU, RELU_N1_TO_1 or RELU6, in int32's range."""
    return wrong_activation(op.attrs.fused_activation_function, graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The output's scale must be more than the inputs' larger one divided by 2**19."""
    if _multipliers(op, graph)[2][1] <= 0:
        return None
    scales = [quant_of(t).scale for t in (graph.input(op, 0), graph.input(op, 1))]
    return f"inputs of scale {scales[0]:g} and {scales[1]:g}, the output {_scale_out(op, graph):g}"


def _scale_out(op: Op, graph: Graph) -> float:
    return quant_of(graph.output(op)).scale


def _multipliers(op: Op, graph: Graph) -> tuple[tuple[int, int], ...]:
    """(mantissa, shift) of the first input, the second one and their sum."""
    scales = [float(quant_of(graph.input(op, i)).scale) for i in (0, 1)]
    common = 2.0 * max(scales)
    return (
        quantize_multiplier(scales[0] / common),
        quantize_multiplier(scales[1] / common),
        quantize_multiplier(common / ((1 << LEFT_SHIFT) * _scale_out(op, graph))),
    )


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape that both inputs broadcast to."""
    shape = broadcast_shape(op, graph)
    assert shape is not None
    return shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Both inputs to a common scale, their sum to the output's."""
    multipliers = _multipliers(op, graph)
    total = np.int64(0)
    for position in (0, 1):
        values = inputs[position]
        assert values is not None
        centred = values.astype(np.int64) - quant_of(graph.input(op, position)).zero_point
        shifted = centred << np.int64(LEFT_SHIFT)
        total = total + multiply_by_quantized_multiplier(shifted, *multipliers[position])
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    scaled = multiply_by_quantized_multiplier(total, *multipliers[2])
    return np.clip(scaled + output.zero_point, low, high).astype(np.int8)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    first, second, total = _multipliers(op, graph)
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    params = (
        *loop_params(op, graph),
        ("input1_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("input1_multiplier", first[0]),
        ("input1_shift", first[1]),
        ("input2_zero_point", quant_of(graph.input(op, 1)).zero_point),
        ("input2_multiplier", second[0]),
        ("input2_shift", second[1]),
        ("output_zero_point", output.zero_point),
        ("output_multiplier", total[0]),
        ("output_shift", total[1]),
        ("output_min", low),
        ("output_max", high),
    )
    in_place = (*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1))
    return KernelChoice("add", "s8", (KernelCall(params, inputs=(0, 1)),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

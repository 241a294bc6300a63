"""QUANTIZE: float32 to int8 or int16, or either of these to either of another scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    LIMITS,
    quant_of,
    wrong_activations,
    wrong_dtype,
    wrong_quant,
)
from edgekit.ops._elementwise import wrong_rescale
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._rescale import rescale, rescale_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, input_shape, no_macs, no_options, one_input
from edgekit.targets import Target

TFLITE_CODE = 114

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input


def constraint_input(op: Op, graph: Graph) -> str | None:
    """The input must be float32, or int8 or int16 with one scale."""
    tensor = graph.input(op, 0)
    return wrong_dtype(tensor, DType.FLOAT32, DType.INT8, DType.INT16) or (
        wrong_quant(tensor) if tensor.dtype in LIMITS else None
    )


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must be int8 or int16, with one scale."""
    return wrong_activations(graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """An int8 input's scale must be less than 2**22 times the output's, an int16 one's 2**15."""
    if graph.input(op, 0).dtype not in LIMITS:
        return None
    return wrong_rescale(graph.input(op, 0), graph.output(op))


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """round(x / scale) + zero point in float32, ties away from zero, held within the type.

    TFLite Micro leaves open what becomes of quotients that do not fit int32 and of NaN. Here the
    former end at the type's limits, and NaN at the lower one.
    """
    values = inputs[0]
    assert values is not None
    if graph.input(op, 0).dtype in LIMITS:
        return rescale(op, graph, inputs)
    return quantized(values, graph.output(op))


def quantized(values: Array, tensor: Tensor) -> Array:
    """Real values in the quantization of an int8 or int16 tensor; see `to_codes`."""
    quant = quant_of(tensor)
    return to_codes(values, quant.scale, quant.zero_point, tensor.dtype)


def to_codes(values: Array, scale: float, zero_point: int, dtype: DType = DType.INT8) -> Array:
    """round(x / scale) + zero point in float32, ties away from zero, held within a type.

    Args:
        values: real values, any shape.
        scale: the step.
        zero_point: the code of 0.
        dtype: int8 or int16.
    """
    least, most = LIMITS[dtype]
    low, high = least - zero_point, most - zero_point
    with np.errstate(over="ignore", invalid="ignore"):
        quotient = values.astype(np.float32) / np.float32(scale)
    held = np.where(quotient > low, np.minimum(quotient, np.float32(high)), np.float32(low))
    whole = np.trunc(held)
    rounded = whole + np.trunc((held - whole) * 2)
    result: Array = (rounded.astype(np.int64) + zero_point).astype(dtype.numpy)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    output = graph.output(op)
    if graph.input(op, 0).dtype in LIMITS:
        return rescale_kernel(op, graph, *LIMITS[output.dtype])
    quant = quant_of(output)
    params = (
        ("count", output.size),
        ("scale", float(quant.scale)),
        ("zero_point", quant.zero_point),
    )
    in_place = elementwise_lead(op, graph)
    variant = "f32_s8" if output.dtype is DType.INT8 else "f32_s16"
    return KernelChoice("quantize", variant, (KernelCall(params),), in_place=in_place)


macs = no_macs
row_window = elementwise_rows

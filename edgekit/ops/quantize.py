"""QUANTIZE: float32 to int8, or int8 to int8 of another scale and zero point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN, quant_of, wrong_dtype, wrong_quant
from edgekit.ops._elementwise import wrong_inputs, wrong_int8, wrong_rescale
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._rescale import rescale, rescale_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 114


@dataclass(frozen=True, slots=True)
class Attrs:
    """QuantizeOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_input(op: Op, graph: Graph) -> str | None:
    """The input must be float32, or int8 with one scale."""
    tensor = graph.input(op, 0)
    return wrong_dtype(tensor, DType.FLOAT32, DType.INT8) or (
        wrong_quant(tensor) if tensor.dtype is DType.INT8 else None
    )


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must be int8, with one scale."""
    return wrong_int8(graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """An int8 input's scale must be less than 2**22 times the output's."""
    if graph.input(op, 0).dtype is not DType.INT8:
        return None
    return wrong_rescale(graph.input(op, 0), graph.output(op))


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """round(x / scale) + zero point in float32, ties away from zero, held within int8.

    TFLite Micro leaves open what becomes of quotients that do not fit int32 and of NaN. Here the
    former end at -128 or 127, and NaN at -128.
    """
    values = inputs[0]
    assert values is not None
    if values.dtype == np.int8:
        return rescale(op, graph, inputs)
    quant = quant_of(graph.output(op))
    return to_int8(values, quant.scale, quant.zero_point)


def to_int8(values: Array, scale: float, zero_point: int) -> Array:
    """round(x / scale) + zero point in float32, ties away from zero, held within int8.

    Args:
        values: real values, any shape.
        scale: the step.
        zero_point: the int8 value of 0.
    """
    low, high = INT8_MIN - zero_point, INT8_MAX - zero_point
    with np.errstate(over="ignore", invalid="ignore"):
        quotient = values.astype(np.float32) / np.float32(scale)
    held = np.where(quotient > low, np.minimum(quotient, np.float32(high)), np.float32(low))
    whole = np.trunc(held)
    rounded = whole + np.trunc((held - whole) * 2)
    result: Array = (rounded.astype(np.int64) + zero_point).astype(np.int8)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    if graph.input(op, 0).dtype is DType.INT8:
        return rescale_kernel(op, graph, INT8_MIN, INT8_MAX)
    quant = quant_of(graph.output(op))
    params = (
        ("count", graph.output(op).size),
        ("scale", float(quant.scale)),
        ("zero_point", quant.zero_point),
    )
    in_place = elementwise_lead(op, graph)
    return KernelChoice("quantize", "f32_s8", (KernelCall(params),), in_place=in_place)


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

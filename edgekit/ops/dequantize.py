"""DEQUANTIZE: int8 or int16 to float32."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of, wrong_activations, wrong_dtype
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._usual import NoAttrs, input_shape, no_macs, no_options, one_input
from edgekit.targets import Target

TFLITE_CODE = 6

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input


def constraint_types(op: Op, graph: Graph) -> str | None:
    """The input must be int8 or int16, with one scale; the output float32."""
    return wrong_activations(graph.input(op, 0)) or wrong_dtype(graph.output(op), DType.FLOAT32)


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """scale * (x - zero point): one multiplication in float32."""
    values = inputs[0]
    assert values is not None
    quant = quant_of(graph.input(op, 0))
    centred = values.astype(np.int32) - quant.zero_point
    with np.errstate(over="ignore"):
        result: Array = np.float32(quant.scale) * centred.astype(np.float32)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    quant = quant_of(graph.input(op, 0))
    params = (
        ("count", graph.output(op).size),
        ("scale", float(quant.scale)),
        ("zero_point", quant.zero_point),
    )
    in_place = elementwise_lead(op, graph)
    variant = "s8_f32" if graph.input(op, 0).dtype is DType.INT8 else "s16_f32"
    return KernelChoice("dequantize", variant, (KernelCall(params),), in_place=in_place)


macs = no_macs

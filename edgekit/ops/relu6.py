"""RELU6: values between 0 and 6; int8 or int16."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    Activation,
    activation_range,
    quant_of,
    wrong_activation,
)
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import (
    NoAttrs,
    input_shape,
    int8_or_int16_types,
    no_macs,
    no_options,
    one_input,
)
from edgekit.targets import Target

TFLITE_CODE = 21

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_or_int16_types


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """Scale and zero point of input and output must be equal: TFLite Micro does not rescale."""
    return wrong_same_quant(graph.input(op, 0), graph.output(op))


def constraint_limit(op: Op, graph: Graph) -> str | None:
    """6 divided by the scale must be in int32's range."""
    return wrong_activation(Activation.RELU6, graph.output(op))


def _range(op: Op, graph: Graph) -> tuple[int, int]:
    tensor = graph.input(op, 0)
    return activation_range(Activation.RELU6, quant_of(tensor), tensor.dtype)


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Values clamped to the codes of 0 and 6."""
    values = inputs[0]
    assert values is not None
    return np.clip(values, *_range(op, graph)).astype(values.dtype)


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    low, high = _range(op, graph)
    params = (("count", graph.output(op).size), ("output_min", low), ("output_max", high))
    in_place = elementwise_lead(op, graph)
    variant = "s8" if graph.input(op, 0).dtype is DType.INT8 else "s16"
    return KernelChoice("relu6", variant, (KernelCall(params),), in_place=in_place)


macs = no_macs
row_window = elementwise_rows

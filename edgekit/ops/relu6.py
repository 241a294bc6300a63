"""RELU6: values between 0 and 6; int8 or int16."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    Activation,
    activation_range,
    quant_of,
    wrong_activation,
    wrong_activations,
    wrong_inputs,
)
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 21


@dataclass(frozen=True, slots=True)
class Attrs:
    """The TFLite schema has no options for it."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.output(op))


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """Scale and zero point of input and output must be equal: TFLite Micro does not rescale."""
    return wrong_same_quant(graph.input(op, 0), graph.output(op))


def constraint_limit(op: Op, graph: Graph) -> str | None:
    """6 divided by the scale must be in int32's range."""
    return wrong_activation(Activation.RELU6, graph.output(op))


def _range(op: Op, graph: Graph) -> tuple[int, int]:
    tensor = graph.input(op, 0)
    return activation_range(Activation.RELU6, quant_of(tensor), tensor.dtype)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


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


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

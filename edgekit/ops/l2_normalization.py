"""L2_NORMALIZATION: rows along the last axis, divided by their Euclidean length; int8."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import Activation, held, quant_of
from edgekit.ops._fixed_point import inverse_sqrt
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import multiply_by_quantized_multiplier
from edgekit.ops._sigmoid import wrong_result
from edgekit.ops._usual import input_shape, int8_types, no_macs, one_input
from edgekit.targets import Target

TFLITE_CODE = 11

RESULT_BITS = 7
# So many squares of values less their zero point, each below 2**16, are below 2**31.
MAX_DEPTH = 2**15
# TFLite Micro takes no input of more dimensions.
MAX_RANK = 4


@dataclass(frozen=True, slots=True)
class Attrs:
    """L2NormOptions of the TFLite schema."""

    fused_activation_function: Activation = Activation.NONE


def parse(options: Table | None) -> Attrs:
    """Read L2NormOptions."""
    return Attrs() if options is None else Attrs(Activation(options.int8(0)))


constraint_inputs = one_input
constraint_types = int8_types


def constraint_output(op: Op, graph: Graph) -> str | None:
    """The output must have the scale 1/128 and the zero point 0."""
    return wrong_result(graph.output(op), 2.0**-RESULT_BITS, 0)


def constraint_shape(op: Op, graph: Graph) -> str | None:
    """The input must have 1 to 4 dimensions, the last one of at most 32768 elements."""
    shape = graph.input(op, 0).shape
    fits = 1 <= len(shape) <= MAX_RANK and shape[-1] <= MAX_DEPTH
    return None if fits else f"the shape {shape}"


def constraint_options(op: Op, graph: Graph) -> str | None:
    """There must be no fused activation."""
    activation = op.attrs.fused_activation_function
    return None if activation is Activation.NONE else f"the fused activation {activation.name}"


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Times the inverse root of the sum of squares; a row of zeros stays one."""
    values = inputs[0]
    assert values is not None
    centred = values.astype(np.int64) - quant_of(graph.input(op, 0)).zero_point
    multiplier, shift = inverse_sqrt((centred * centred).sum(axis=-1, keepdims=True))
    scaled = multiply_by_quantized_multiplier(centred, multiplier, shift + RESULT_BITS)
    return held(scaled, graph.output(op))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    *outer, depth = graph.input(op, 0).shape
    params = (
        ("rows", math.prod(outer)),
        ("depth", depth),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
    )
    in_place = elementwise_lead(op, graph)
    return KernelChoice("l2_normalization", "s8", (KernelCall(params),), in_place=in_place)


macs = no_macs

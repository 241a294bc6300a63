"""RELU: negative values become zero; int8 or int16, rescaled where the scales differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS, quant_of
from edgekit.ops._elementwise import wrong_rescale
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rescale import rescale, rescale_kernel
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

TFLITE_CODE = 19

Attrs = NoAttrs
parse = no_options
constraint_inputs = one_input
constraint_types = int8_or_int16_types


def constraint_scales(op: Op, graph: Graph) -> str | None:
    """The input's scale must be less than 2**22 times the output's, with int16 2**15."""
    return wrong_rescale(graph.input(op, 0), graph.output(op))


infer_shape = input_shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Requantization, not below the output's zero point."""
    zero = quant_of(graph.output(op)).zero_point
    result: Array = np.maximum(rescale(op, graph, inputs), zero)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; the kernel is the one of QUANTIZE with another lower bound."""
    output = graph.output(op)
    return rescale_kernel(op, graph, quant_of(output).zero_point, LIMITS[output.dtype][1])


macs = no_macs
row_window = elementwise_rows

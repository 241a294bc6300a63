"""RELU: negative values become zero; int8 or int16, rescaled where the scales differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS, quant_of, wrong_activations, wrong_inputs
from edgekit.ops._elementwise import wrong_rescale
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rescale import rescale, rescale_kernel
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 19


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
    """The input's scale must be less than 2**22 times the output's, with int16 2**15."""
    return wrong_rescale(graph.input(op, 0), graph.output(op))


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's."""
    return graph.input(op, 0).shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Requantization, not below the output's zero point."""
    zero = quant_of(graph.output(op)).zero_point
    result: Array = np.maximum(rescale(op, graph, inputs), zero)
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; the kernel is the one of QUANTIZE with another lower bound."""
    output = graph.output(op)
    return rescale_kernel(op, graph, quant_of(output).zero_point, LIMITS[output.dtype][1])


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

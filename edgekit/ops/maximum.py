"""MAXIMUM: the larger of two int8 values of one quantization, with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import broadcast_result, broadcasting
from edgekit.ops._extremum import extremum_kernel, extremum_types
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rows import elementwise_rows
from edgekit.ops._usual import NoAttrs, no_macs, no_options, two_inputs
from edgekit.targets import Target

TFLITE_CODE = 55

Attrs = NoAttrs
parse = no_options
constraint_inputs = two_inputs
constraint_types = extremum_types
constraint_shapes = broadcasting
infer_shape = broadcast_result


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own: the order of the values is that of what they stand for."""
    first, second = inputs[0], inputs[1]
    assert first is not None
    assert second is not None
    return np.asarray(np.maximum(first, second))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return extremum_kernel(op, graph, largest=True)


macs = no_macs
row_window = elementwise_rows

"""MINIMUM: the smaller of two int8 values of one quantization, with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._broadcast import broadcast_shape, wrong_broadcast
from edgekit.ops._common import wrong_inputs
from edgekit.ops._extremum import extremum_kernel, wrong_extremum_types
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._rows import elementwise_rows
from edgekit.targets import Target

TFLITE_CODE = 57


@dataclass(frozen=True, slots=True)
class Attrs:
    """MaximumMinimumOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must be int8, with one scale and zero point for all three."""
    return wrong_extremum_types(op, graph)


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """The inputs must broadcast to each other, in at most 4 loops."""
    return wrong_broadcast(op, graph)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The shape that both inputs broadcast to."""
    shape = broadcast_shape(op, graph)
    assert shape is not None
    return shape


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own: the order of the values is that of what they stand for."""
    first, second = inputs[0], inputs[1]
    assert first is not None
    assert second is not None
    return np.asarray(np.minimum(first, second))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return extremum_kernel(op, graph, largest=False)


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0


row_window = elementwise_rows

"""PACK: inputs of one shape along an axis that is new; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._joined import join_kernel, joined_quantization, joined_types, some_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._usual import no_macs
from edgekit.targets import Target

TFLITE_CODE = 83


@dataclass(frozen=True, slots=True)
class Attrs:
    """PackOptions of the TFLite schema."""

    values_count: int = 0
    axis: int = 0


def parse(options: Table | None) -> Attrs:
    """Read PackOptions."""
    return Attrs() if options is None else Attrs(options.int32(0), options.int32(1))


constraint_inputs = some_inputs
constraint_types = joined_types
constraint_quantization = joined_quantization


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """All inputs must have the same shape, and the axis be at most one behind their last."""
    shapes = [graph.input(op, position).shape for position in range(len(op.inputs))]
    if len(set(shapes)) > 1:
        return f"the shapes {', '.join(map(str, shapes))}"
    axis, rank = op.attrs.axis, len(shapes[0])
    return None if -rank - 1 <= axis <= rank else f"axis {axis} for the shape {shapes[0]}"


def constraint_count(op: Op, graph: Graph) -> str | None:
    """There must be as many inputs as the op says."""
    count, stated = len(op.inputs), op.attrs.values_count
    return None if count == stated else f"{count} inputs of {stated}"


def _axis(op: Op, graph: Graph) -> int:
    axis: int = op.attrs.axis
    return axis % (len(graph.input(op, 0).shape) + 1)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """An input's shape, with the number of inputs at the new axis."""
    axis, shape = _axis(op, graph), graph.input(op, 0).shape
    return (*shape[:axis], len(op.inputs), *shape[axis:])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own."""
    arrays = [values for values in inputs if values is not None]
    return np.stack(arrays, axis=_axis(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; one call of CONCATENATION's kernel per input."""
    return join_kernel(op, graph, _axis(op, graph))


macs = no_macs

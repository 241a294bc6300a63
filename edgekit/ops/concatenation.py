"""CONCATENATION: inputs one behind the other along an axis; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import Activation
from edgekit.ops._joined import join_kernel, joined_quantization, joined_types, some_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._usual import no_macs
from edgekit.targets import Target

TFLITE_CODE = 2


@dataclass(frozen=True, slots=True)
class Attrs:
    """ConcatenationOptions of the TFLite schema."""

    axis: int = 0
    fused_activation_function: Activation = Activation.NONE


def parse(options: Table | None) -> Attrs:
    """Read ConcatenationOptions."""
    if options is None:
        return Attrs()
    return Attrs(options.int32(0), Activation(options.int8(1)))


constraint_inputs = some_inputs
constraint_types = joined_types
constraint_quantization = joined_quantization


def constraint_shapes(op: Op, graph: Graph) -> str | None:
    """All inputs must have the same shape but for the axis, which must be one of theirs."""
    shapes = [graph.input(op, position).shape for position in range(len(op.inputs))]
    axis, rank = op.attrs.axis, len(shapes[0])
    if not -rank <= axis < rank:
        return f"axis {axis} of the shape {shapes[0]}"
    axis %= rank
    others = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(others) > 1 or len({len(shape) for shape in shapes}) > 1:
        return f"the shapes {', '.join(map(str, shapes))} along axis {axis}"
    return None


def constraint_options(op: Op, graph: Graph) -> str | None:
    """There must be no fused activation."""
    activation = op.attrs.fused_activation_function
    return None if activation is Activation.NONE else f"the fused activation {activation.name}"


def _axis(op: Op, graph: Graph) -> int:
    axis: int = op.attrs.axis
    return axis % len(graph.input(op, 0).shape)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The first input's shape, with the sum of the extents along the axis."""
    axis, shape = _axis(op, graph), graph.input(op, 0).shape
    extent = sum(graph.input(op, i).shape[axis] for i in range(len(op.inputs)))
    return (*shape[:axis], extent, *shape[axis + 1 :])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own."""
    arrays = [values for values in inputs if values is not None]
    return np.concatenate(arrays, axis=_axis(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C; one call per input."""
    return join_kernel(op, graph, _axis(op, graph))


macs = no_macs

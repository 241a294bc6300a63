"""CONCATENATION: inputs one behind the other along an axis; int8, int16 or float32."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS, Activation, wrong_dtype, wrong_quant
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice
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


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have at least one input, and none left out."""
    if op.inputs and ABSENT not in op.inputs and len(op.outputs) == 1:
        return None
    return f"the inputs {op.inputs} and {len(op.outputs)} outputs"


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must all be int8, all int16 or all float32."""
    output = graph.output(op)
    found = wrong_dtype(output, DType.FLOAT32, *LIMITS)
    for position in range(len(op.inputs)):
        found = found or wrong_dtype(graph.input(op, position), output.dtype)
    return found


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Quantized inputs must have the output's scale and zero point: TFLite Micro does not
    rescale.
    """
    output = graph.output(op)
    if output.dtype not in LIMITS:
        return None
    found = wrong_quant(output)
    for position in range(len(op.inputs)):
        tensor = graph.input(op, position)
        found = found or wrong_quant(tensor) or wrong_same_quant(tensor, output)
    return found


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
    axis, output = _axis(op, graph), graph.output(op)
    rows = math.prod(output.shape[:axis])
    offset = 0
    calls = []
    for position in range(len(op.inputs)):
        row_bytes = graph.input(op, position).nbytes // rows
        params = (
            ("rows", rows),
            ("row_bytes", row_bytes),
            ("output_row_bytes", output.nbytes // rows),
            ("output_offset", offset),
        )
        calls.append(KernelCall(params, inputs=(position,)))
        offset += row_bytes
    return KernelChoice("concatenation", "bytes", tuple(calls))


macs = no_macs

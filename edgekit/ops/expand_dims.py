"""EXPAND_DIMS: the same bytes with one more axis; nothing is computed or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_dtype, wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import constants, wrong_copy_quant, wrong_copy_types
from edgekit.targets import Target

TFLITE_CODE = 70


@dataclass(frozen=True, slots=True)
class Attrs:
    """ExpandDimsOptions of the TFLite schema, which has no fields."""


def parse(options: Table | None) -> Attrs:
    """There is nothing to read."""
    return Attrs()


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have two inputs, of which the second one is the axis."""
    return wrong_inputs(op, 2)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8, both int16 or both float32."""
    return wrong_copy_types(op, graph)


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and output must have the same scale and zero point."""
    return wrong_copy_quant(op, graph)


def constraint_axis(op: Op, graph: Graph) -> str | None:
    """The axis must be one constant int32, and at most one behind the last."""
    tensor, rank = graph.input(op, 1), len(graph.input(op, 0).shape)
    found = wrong_dtype(tensor, DType.INT32)
    if found:
        return found
    if tensor.data is None:
        return f"the axis {tensor.name!r} is computed at run time"
    axes = constants(op, graph, 1)
    if len(axes) != 1 or not -rank - 1 <= axes[0] <= rank:
        return f"the axes {list(axes)} of {rank} dimensions"
    return None


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's with an axis of 1."""
    shape = graph.input(op, 0).shape
    at = constants(op, graph, 1)[0] % (len(shape) + 1)
    return (*shape[:at], 1, *shape[at:])


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The input under its new shape."""
    values = inputs[0]
    assert values is not None
    result: Array = values.reshape(infer_shape(op, graph)).copy()
    return result


def aliases(op: Op, graph: Graph) -> bool:
    """Always: the output is the input's bytes."""
    return True


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """No call: input and output share their place."""
    return KernelChoice("reshape", "s8", ())


def macs(op: Op, graph: Graph) -> int:
    """None."""
    return 0

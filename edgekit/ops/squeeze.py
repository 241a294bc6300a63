"""SQUEEZE: the same bytes without axes of 1; nothing is computed or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import wrong_copy_quant, wrong_copy_types
from edgekit.targets import Target

TFLITE_CODE = 43


@dataclass(frozen=True, slots=True)
class Attrs:
    """SqueezeOptions of the TFLite schema; no axes mean all of 1."""

    squeeze_dims: tuple[int, ...] = ()


def parse(options: Table | None) -> Attrs:
    """Read SqueezeOptions."""
    axes = None if options is None else options.array(0, "<i4")
    return Attrs() if axes is None else Attrs(tuple(int(axis) for axis in axes))


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have one input."""
    return wrong_inputs(op, 1)


def constraint_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8, both int16 or both float32."""
    return wrong_copy_types(op, graph)


def constraint_quantization(op: Op, graph: Graph) -> str | None:
    """Where they are quantized, input and output must have the same scale and zero point."""
    return wrong_copy_quant(op, graph)


def constraint_axes(op: Op, graph: Graph) -> str | None:
    """The axes that go must be there and have one element."""
    shape = graph.input(op, 0).shape
    for axis in op.attrs.squeeze_dims:
        if not -len(shape) <= axis < len(shape) or shape[axis] != 1:
            return f"axis {axis} of {shape}"
    return None


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The input's without the axes."""
    shape = graph.input(op, 0).shape
    gone = {axis % len(shape) for axis in op.attrs.squeeze_dims}
    return tuple(
        size for axis, size in enumerate(shape) if (axis not in gone if gone else size != 1)
    )


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

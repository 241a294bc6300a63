"""Ops of several outputs, each a part of the input: what SPLIT, SPLIT_V and UNPACK share.

The reader makes an op per output of them (edgekit/tflite/_separate.py), so that whatever plans,
rewrites or computes has ops of one output only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from edgekit.ir import DType, Graph, Op, Tensor
from edgekit.ir.graph import ABSENT
from edgekit.ops import slice as part_of
from edgekit.ops._common import LIMITS, wrong_dtype, wrong_quant
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._strided import constants

MAX_RANK = 5

Rule = Callable[[Op, Graph], str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """The op that makes one of the outputs.

    Attributes:
        kind: TFLite's name of it.
        source: position of the input that it takes a part of.
        operands: its further inputs, constant int32 vectors.
        attrs: the op's own `Attrs`.
        shape: the output's.
    """

    kind: str
    source: int
    operands: tuple[tuple[int, ...], ...]
    attrs: Any
    shape: tuple[int, ...]


def wrong_operands(op: Op, inputs: int, outputs: int) -> str | None:
    """What a constraint answers about the number of inputs, all given, and of outputs."""
    given = sum(index != ABSENT for index in op.inputs)
    if given == len(op.inputs) == inputs and len(op.outputs) == outputs >= 1:
        return None
    return f"{given} inputs and {len(op.outputs)} outputs"


def part_types(source: int) -> Rule:
    """The rule on the types of the input at this position and of the outputs."""

    def rule(op: Op, graph: Graph) -> str | None:
        """Input and outputs must all be int8, all int16 or all float32."""
        tensor = graph.input(op, source)
        found = wrong_dtype(tensor, DType.FLOAT32, *LIMITS)
        for output in _outputs(op, graph):
            found = found or wrong_dtype(output, tensor.dtype)
        return found

    return rule


def part_quantization(source: int) -> Rule:
    """The rule on the quantization of the input at this position and of the outputs."""

    def rule(op: Op, graph: Graph) -> str | None:
        """Where they are quantized, input and outputs must have the same scale and zero point."""
        tensor = graph.input(op, source)
        if tensor.dtype not in LIMITS:
            return None
        found = wrong_quant(tensor)
        for output in _outputs(op, graph):
            found = found or wrong_quant(output) or wrong_same_quant(tensor, output)
        return found

    return rule


def axis_input(position: int, source: int) -> Rule:
    """The rule on the axis, which is the input at this position."""

    def rule(op: Op, graph: Graph) -> str | None:
        """The axis must be one constant int32, one of the input's, which has at most 5."""
        tensor, rank = graph.input(op, position), len(graph.input(op, source).shape)
        found = wrong_dtype(tensor, DType.INT32)
        if found:
            return found
        if tensor.data is None:
            return f"the axis {tensor.name!r} is computed at run time"
        axes = constants(op, graph, position)
        if len(axes) != 1 or rank > MAX_RANK or not -rank <= axes[0] < rank:
            return f"the axes {list(axes)} of {rank} dimensions"
        return None

    return rule


def axis_of(op: Op, graph: Graph, position: int, source: int) -> int:
    """The axis that the input at this position names, not negative."""
    return constants(op, graph, position)[0] % len(graph.input(op, source).shape)


def wrong_part_shapes(op: Op, graph: Graph, parts: Sequence[Part]) -> str | None:
    """What a constraint answers about outputs that are declared with other shapes."""
    for output, part in zip(_outputs(op, graph), parts, strict=True):
        if output.shape != part.shape:
            return f"the output {output.name!r} is {output.shape}, the op makes {part.shape}"
    return None


def sliced_parts(op: Op, graph: Graph, source: int, axis: int, sizes: Sequence[int]) -> list[Part]:
    """Parts that follow each other along an axis, as SLICE takes them out.

    Args:
        op: an input of it is divided.
        graph: its graph.
        source: position of that input.
        axis: one of its axes, not negative.
        sizes: the parts' extents along the axis; together the input's.
    """
    shape = graph.input(op, source).shape
    found, begin = [], 0
    for size in sizes:
        begins = tuple(begin if i == axis else 0 for i in range(len(shape)))
        extents = (*shape[:axis], size, *shape[axis + 1 :])
        found.append(Part("SLICE", source, (begins, extents), part_of.Attrs(), extents))
        begin += size
    return found


def _outputs(op: Op, graph: Graph) -> list[Tensor]:
    return [graph.tensors[index] for index in op.outputs]

"""SPACE_TO_DEPTH: blocks of pixels become the channels of one; int8 or float32."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._blocks import (
    BlockAttrs,
    block_types,
    parse_block,
    wrong_blocks,
)
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import Loop, copy_kernel
from edgekit.ops._usual import copied_quantization, no_macs, one_input
from edgekit.targets import Target

TFLITE_CODE = 26

Attrs = BlockAttrs
parse = parse_block
constraint_inputs = one_input
constraint_types = block_types
constraint_quantization = copied_quantization


def constraint_blocks(op: Op, graph: Graph) -> str | None:
    """The input must have 4 dimensions, its height and width be multiples of the block size."""
    return wrong_blocks(op, graph, (1, 2), 1)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height / size, width / size, channels * size**2]."""
    batches, height, width, channels = graph.input(op, 0).shape
    size = op.attrs.block_size
    return batches, height // size, width // size, channels * size * size


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Each block's pixels one behind the other, row by row."""
    values = inputs[0]
    assert values is not None
    size, (batches, height, width, channels) = op.attrs.block_size, infer_shape(op, graph)
    blocks = values.reshape(batches, height, size, width, size, channels // size**2)
    result: Array = blocks.transpose(0, 1, 3, 2, 4, 5).reshape(infer_shape(op, graph))
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C: a row of a block is one run."""
    batches, height, width, channels = graph.input(op, 0).shape
    size, row = op.attrs.block_size, width * channels
    loops = [
        Loop(batches * height // size, size * row),
        Loop(width // size, size * channels),
        Loop(size, row),
        Loop(size * channels, 1),
    ]
    return copy_kernel(op, graph, loops)


macs = no_macs

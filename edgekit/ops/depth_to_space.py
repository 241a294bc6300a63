"""DEPTH_TO_SPACE: the channels of a pixel become a block of pixels; int8 or float32."""

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

TFLITE_CODE = 5

Attrs = BlockAttrs
parse = parse_block
constraint_inputs = one_input
constraint_types = block_types
constraint_quantization = copied_quantization


def constraint_blocks(op: Op, graph: Graph) -> str | None:
    """The input must have 4 dimensions, its channels be a multiple of the block size squared."""
    return wrong_blocks(op, graph, (3,), 2)


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[batch, height * size, width * size, channels / size**2]."""
    batches, height, width, channels = graph.input(op, 0).shape
    size = op.attrs.block_size
    return batches, height * size, width * size, channels // (size * size)


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """Each pixel's channels as a block, row by row."""
    values = inputs[0]
    assert values is not None
    batches, height, width, channels = values.shape
    size = op.attrs.block_size
    blocks = values.reshape(batches, height, width, size, size, channels // size**2)
    result: Array = blocks.transpose(0, 1, 3, 2, 4, 5).reshape(infer_shape(op, graph))
    return result


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C: a row of a block is one run."""
    batches, height, width, channels = graph.input(op, 0).shape
    size = op.attrs.block_size
    loops = [
        Loop(batches * height, width * channels),
        Loop(size, channels // size),
        Loop(width, channels),
        Loop(channels // size, 1),
    ]
    return copy_kernel(op, graph, loops)


macs = no_macs

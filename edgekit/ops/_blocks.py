"""What SPACE_TO_DEPTH and DEPTH_TO_SPACE share: blocks of pixels, or the channels of one."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ops._common import wrong_dtype


@dataclass(frozen=True, slots=True)
class BlockAttrs:
    """SpaceToDepthOptions and DepthToSpaceOptions of the TFLite schema."""

    block_size: int = 1


def parse_block(options: Table | None) -> BlockAttrs:
    """Read SpaceToDepthOptions or DepthToSpaceOptions."""
    return BlockAttrs() if options is None else BlockAttrs(options.int32(0))


def block_types(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both float32."""
    tensor, output = graph.input(op, 0), graph.output(op)
    return wrong_dtype(tensor, DType.INT8, DType.FLOAT32) or wrong_dtype(output, tensor.dtype)


def wrong_blocks(op: Op, graph: Graph, axes: tuple[int, ...], power: int) -> str | None:
    """What a constraint answers about an image and its block size.

    Args:
        op: its attributes have the block size.
        graph: its graph.
        axes: those whose extents must be multiples of the block size to the power.
        power: of the block size.
    """
    shape, size = graph.input(op, 0).shape, op.attrs.block_size
    if len(shape) == 4 and size >= 1 and all(shape[axis] % size**power == 0 for axis in axes):
        return None
    return f"blocks of {size} for {shape}"

"""What the poolings on cores with MVE share: a vector of channels at a time."""

from __future__ import annotations

import dataclasses
import math

from edgekit.ir import Graph, Op
from edgekit.ops._common import Padding
from edgekit.ops._kernel import Cost, KernelChoice
from edgekit.ops._pool import PoolAttrs


def positions_of(op: Op, graph: Graph) -> int:
    """Pixels that a pooling's window has at most."""
    attrs: PoolAttrs = op.attrs
    _, height, width, _ = graph.input(op, 0).shape
    return min(attrs.filter_height, height) * min(attrs.filter_width, width)


def pool_variant(
    portable: KernelChoice, op: Op, graph: Graph, lanes: int, per_vector: float
) -> KernelChoice:
    """The portable choice with the MVE kernel.

    Args:
        portable: its parameters are the variant's, too.
        op: a pooling.
        graph: its graph.
        lanes: channels of a vector.
        per_vector: instructions for a vector of outputs, beside two a position.
    """
    *image, channels = graph.output(op).shape
    vector = per_vector + 2.5 * positions_of(op, graph)
    # Windows that reach over the border have code of their own.
    code_bytes = 600 if op.attrs.padding is Padding.SAME else 300
    cost = Cost(math.prod(image) * (25 + -(-channels // lanes) * vector), code_bytes)
    return dataclasses.replace(portable, variant="s8_mve", cost=cost)

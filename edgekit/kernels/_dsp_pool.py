"""What the poolings for cores with the DSP extension share: four channels at a time."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.ops._kernel import Cost, KernelChoice

_LANES = 4


def pool_variant(
    portable: KernelChoice, op: Op, graph: Graph, per_word: float, per_pixel: float
) -> KernelChoice | None:
    """The portable choice with the DSP kernel, or None with too few channels.

    Args:
        portable: its parameters are the variant's, too.
        op: a pooling.
        graph: its graph.
        per_word: instructions for four channels of a position.
        per_pixel: the rest of four outputs; both were fitted to the corpus on the M4.
    """
    attrs, channels = op.attrs, graph.input(op, 0).shape[3]
    if channels < _LANES:
        return None
    _, height, width, _ = graph.input(op, 0).shape
    positions = min(attrs.filter_height, height) * min(attrs.filter_width, width)
    words = graph.output(op).size / channels * -(-channels // _LANES)
    cost = Cost(words * (positions * per_word + per_pixel), 300)
    return dataclasses.replace(portable, variant="s8_dsp", cost=cost)

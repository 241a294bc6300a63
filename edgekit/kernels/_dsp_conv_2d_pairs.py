"""The convolutions for cores with the DSP extension that write pairs of columns with a border.

What a block writes goes to other places than in NHWC, with one instruction more for two channels;
before, all of the output becomes border.
"""

from __future__ import annotations

import dataclasses
import math

from edgekit.ir import Graph, Op
from edgekit.kernels import _dsp_conv_2d
from edgekit.kernels._dsp_conv_2d import Form
from edgekit.kernels.depthwise_conv_2d_s8_dsp_3x3_pairs import pairs_of
from edgekit.ops import ColumnPairs, Cost, KernelChoice

# The most that can be part of an addition, and of a store that moves its address.
_MOST_ADDED = 4095
_MOST_MOVED = 255
# Fitted to emulated runs: where each position of a block goes.
_PLACE_INSTRUCTIONS = 8


def choose(op: Op, graph: Graph, form: Form) -> KernelChoice | None:
    """The kernel for a convolution; None where the form or the layout does not apply."""
    layout = wanted(graph, op.outputs[0])
    plain = _dsp_conv_2d.choose(op, graph, form) if layout is not None else None
    if layout is None or plain is None or plain.cost is None:
        return None
    channels = graph.output(op).shape[3]
    held = dict(plain.calls[0].params)["hold"]
    if held or channels % 2 or layout.plane_bytes > _MOST_ADDED:
        return None
    call = dataclasses.replace(
        plain.calls[0],
        params=(
            *plain.calls[0].params,
            ("pair_rows", layout.rows),
            ("pair_count", layout.pairs),
            ("pair_top", layout.top),
            ("pair_left", layout.left),
            ("pair_border", layout.border),
        ),
    )
    more = _more(op, graph, form, layout)
    return dataclasses.replace(
        plain,
        variant=f"{form.variant}_pairs",
        calls=(call,),
        cost=Cost(plain.cost.instructions + more, plain.cost.code_bytes + 80),
        in_place=(),
        writes=layout,
    )


def wanted(graph: Graph, index: int) -> ColumnPairs | None:
    """The one layout that all readers of a tensor want; None where there is none such."""
    readers = [op for op in graph.ops if index in op.inputs]
    if not readers or index in graph.outputs:
        return None
    if any(op.kind != "DEPTHWISE_CONV_2D" or op.inputs.count(index) > 1 for op in readers):
        return None
    layouts = {pairs_of(op, graph) for op in readers}
    return layouts.pop() if len(layouts) == 1 else None


def _more(op: Op, graph: Graph, form: Form, layout: ColumnPairs) -> float:
    """Instructions beyond those of the kernel that writes NHWC."""
    *image, channels = graph.output(op).shape
    blocks = math.ceil(math.prod(image) / form.positions)
    two = 1 if layout.plane_bytes <= _MOST_MOVED else 3
    clear = channels * layout.plane_bytes / 16 * 1.25
    return blocks * (two * channels / 2 + _PLACE_INSTRUCTIONS * form.positions) + clear

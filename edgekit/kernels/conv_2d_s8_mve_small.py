"""CONV_2D on cores with MVE, made for little flash: one body for all layers."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_small import convolution, small_sums
from edgekit.ops import KernelChoice
from edgekit.ops._conv import undilated_params, windows
from edgekit.ops._overlap import blocked_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"mve"})

_POSITIONS = 4


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, columns not dilated, even channels, scales below 1, biases of 24 bits."""
    attrs = op.attrs
    _, kernel_h, kernel_w, depth = graph.input(op, 1).shape
    if depth != graph.input(op, 0).shape[3] or (attrs.dilation_w_factor > 1 and kernel_w > 1):
        return None
    # A row of whole vectors is read where it lies while the block's results are written.
    gathers = kernel_h > 1 or kernel_w * depth % 16 != 0
    strides = (attrs.stride_h, attrs.stride_w)
    lead = blocked_lead(op, graph, windows(op, graph), strides, _POSITIONS, gathers=gathers)
    return convolution(small_sums(op, graph), dict(undilated_params(op, graph)), lead)

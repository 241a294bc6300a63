"""CONV_2D on cores with the DSP extension, made for little flash: one body for all layers."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_conv_2d import tap_order
from edgekit.kernels._dsp_small import convolution
from edgekit.ops import KernelChoice
from edgekit.ops._conv import undilated_params, windows
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, columns not dilated, no weight of -128, requantization proven."""
    order = tap_order(op, graph, 8)
    if order is None:
        return None
    strides = (op.attrs.stride_h, op.attrs.stride_w)
    lead = windowed_lead(op, graph, windows(op, graph), strides, gathers=True)
    return convolution(op, graph, dict(undilated_params(op, graph)), order, lead)

"""DEPTHWISE_CONV_2D of any window on cores with MVE, made for little flash: one body for all
layers, 8 channels of a position at a time."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_small import LAYER_BYTES, fits, small_sums
from edgekit.kernels.depthwise_conv_2d_s8_mve_any import LANES, stream_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import windows
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})

# Machine code of the body that all layers share.
_SHARED_BYTES = 490


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One filter a channel, scales below 1, biases of 24 bits."""
    attrs, sums = op.attrs, small_sums(op, graph, axis=3)
    rows, columns = windows(op, graph)
    batches, input_h, input_w, channels = graph.input(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    geometry = {
        "batches": batches,
        "input_h": input_h,
        "input_w": input_w,
        "channels": channels,
        "output_h": rows.size,
        "output_w": columns.size,
        "kernel_h": kernel_h,
        "kernel_w": kernel_w,
        "stride_h": attrs.stride_h,
        "stride_w": attrs.stride_w,
        "dilation_h": attrs.dilation_h_factor,
        "dilation_w": attrs.dilation_w_factor,
        "pad_h": rows.pad,
        "pad_w": columns.pad,
    }
    if sums is None or attrs.depth_multiplier != 1 or not fits(geometry):
        return None
    params = (
        *geometry.items(),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("stream", ConstArray("weights", stream_of(sums))),
    )
    # Counted in what the compiler makes of it; kws_ref's layers take that.
    vector = 75 + kernel_h * (15 + 22 * kernel_w)
    pixels = batches * rows.size * columns.size
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_mve_small",
        (KernelCall(params),),
        cost=Cost(pixels * (15 + -(-channels // LANES) * vector), LAYER_BYTES, _SHARED_BYTES),
        own_params=True,
        in_place=windowed_lead(op, graph, (rows, columns), (attrs.stride_h, attrs.stride_w)),
    )

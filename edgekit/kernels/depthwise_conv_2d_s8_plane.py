"""DEPTHWISE_CONV_2D on cores without SIMD: a channel at a time, in a plane with a border."""

from __future__ import annotations

import math

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.kernels import _swar, _swar_cost
from edgekit.ops import ConstArray, KernelCall, KernelChoice
from edgekit.ops._common import quant_of
from edgekit.ops._conv import window_params, windows
from edgekit.ops._kernel import InPlace, ParamValue
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES: frozenset[str] = frozenset()

# Inputs are unsigned in the plane for a core that does not load signed bytes as well.
_UNSIGNED_OFFSET = 128


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Any depthwise convolution, on a core that has nothing better."""
    if target.core.features & _swar.BETTER:
        return None
    layer = _swar.layer_of(op, graph, axis=3)
    plane_h, plane_w = _plane(op, graph)
    offset = _UNSIGNED_OFFSET if "thumb1" in target.core.features else 0
    made = graph.output(op).shape
    params: tuple[tuple[str, ParamValue], ...] = (
        *_geometry(op, graph),
        ("offset", offset),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        *layer.params,
        ("weights", ConstArray("weights", layer.weights.astype(np.int8))),
        ("forms", _swar.plain_forms_array(layer, offset)),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_plane",
        (KernelCall(params),),
        scratch_bytes=plane_h * plane_w,
        cost=_swar_cost.depthwise(
            target, layer, math.prod(made[:3]), made[1], graph.input(op, 0).size
        ),
        own_params=True,
        # A channel is read before it is written, and none touches another's.
        in_place=(InPlace(0, exact=True),) if op.attrs.depth_multiplier == 1 else (),
    )


def _plane(op: Op, graph: Graph) -> tuple[int, int]:
    """Rows and columns of a channel's plane: what its windows cover."""
    attrs = op.attrs
    rows, columns = windows(op, graph)
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    return (
        (rows.size - 1) * attrs.stride_h + (kernel_h - 1) * attrs.dilation_h_factor + 1,
        (columns.size - 1) * attrs.stride_w + (kernel_w - 1) * attrs.dilation_w_factor + 1,
    )


def _geometry(op: Op, graph: Graph) -> tuple[tuple[str, int], ...]:
    rows, columns = windows(op, graph)
    _, input_h, input_w, _ = graph.input(op, 0).shape
    plane_h, plane_w = _plane(op, graph)
    return (
        *window_params(op, graph, ("depth_multiplier", op.attrs.depth_multiplier)),
        ("plane_h", plane_h),
        ("plane_w", plane_w),
        # A stride may leave out the last rows and columns of the input.
        ("inside_h", min(input_h, plane_h - rows.pad)),
        ("inside_w", min(input_w, plane_w - columns.pad)),
    )

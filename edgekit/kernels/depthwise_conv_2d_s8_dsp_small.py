"""DEPTHWISE_CONV_2D on cores with the DSP extension, made for little flash.

The lines of depthwise_conv_2d_s8_dsp with weights of a byte each and eight bytes of constants per
channel, one body for all layers; the streams that the lines read are made in scratch.
"""

from __future__ import annotations

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_small import small_sums
from edgekit.kernels._dsp_sums import as_words
from edgekit.kernels.depthwise_conv_2d_s8_dsp import (
    GROUP,
    MAX_SCRATCH_BYTES,
    Shape,
    shape_of,
    weights_of,
)
from edgekit.ops._common import quant_of
from edgekit.ops._kernel import ConstArray, Cost, InPlace, KernelCall, KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})

_FORM_WORDS = 5
# Machine code of the body that all layers share, and of a layer: its call and parameters.
_SHARED_BYTES = 1850
_LAYER_BYTES = 52


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Column strides of 1 or 2, no dilation, rows and streams in a scratch of 8 KB at most."""
    shape = shape_of(op, graph)
    channels = graph.input(op, 0).shape[3]
    multiplier = op.attrs.depth_multiplier
    dilated = (op.attrs.dilation_h_factor, op.attrs.dilation_w_factor) != (1, 1)
    scratch = _scratch_bytes(shape, channels, multiplier)
    if dilated or shape.stride[1] not in (1, 2) or scratch > MAX_SCRATCH_BYTES:
        return None
    weights = weights_of(op, graph)
    if not _fits(shape, channels, multiplier):
        return None
    sums = small_sums(op, graph, weights.reshape(len(weights), -1))
    if sums is None:
        return None
    params = (
        ("batches", shape.batches),
        ("input_h", shape.input[0]),
        ("input_w", shape.input[1]),
        ("input_c", channels),
        ("output_h", shape.output[0]),
        ("output_w", shape.output[1]),
        ("depth_multiplier", multiplier),
        ("pairs", shape.pairs),
        ("kernel_h", shape.kernel[0]),
        ("kernel_w", shape.kernel[1]),
        ("stride_h", shape.stride[0]),
        ("stride_w", shape.stride[1]),
        ("pad_h", shape.pad[0]),
        ("pad_w", shape.pad[1]),
        ("terms", shape.terms),
        ("input_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("weights", ConstArray("weights", weights.astype(np.int8).reshape(-1))),
        ("forms", ConstArray("forms", as_words([sums.words]))),
    )
    return KernelChoice(
        "depthwise_conv_2d",
        "s8_dsp_small",
        (KernelCall(params),),
        scratch_bytes=scratch,
        cost=_cost(shape, channels, len(weights)),
        own_params=True,
        in_place=(InPlace(0, exact=True),) if multiplier == 1 else (),
    )


def _stream_words(shape: Shape) -> int:
    """Of one output channel."""
    return _FORM_WORDS + shape.kernel[0] * shape.terms * (2 if shape.stride[1] == 1 else 1)


def _scratch_bytes(shape: Shape, channels: int, multiplier: int) -> int:
    """The ring of rows and the streams of a group."""
    group = min(channels, GROUP)
    return 4 * group * (shape.pairs * shape.kernel[0] + multiplier * _stream_words(shape))


def _fits(shape: Shape, channels: int, multiplier: int) -> bool:
    """Whether the parameters' types hold them."""
    words = (shape.batches, *shape.input, *shape.output, channels, multiplier, shape.pairs)
    return max(words) <= 65535 and max(*shape.kernel, *shape.stride, *shape.pad, shape.terms) <= 255


def _cost(shape: Shape, channels: int, filters: int) -> Cost:
    """Instructions by the loops' lengths; fitted to kws_ref and person_detect."""
    strips = -(-shape.output[1] // 4)
    strip = shape.kernel[0] * (7 * shape.terms + 12) + 60
    gathered = shape.output[0] * min(shape.kernel[0], shape.stride[0])
    pair = 24 if channels >= GROUP else 44
    gather = -(-channels // GROUP) * gathered * (shape.pairs * pair + 150)
    unpack = 60 + shape.kernel[0] * (50 + 32 * shape.kernel[1] + 8 * shape.terms)
    work = filters * (shape.output[0] * (strips * strip + 60) + unpack)
    return Cost(shape.batches * (work + gather), _LAYER_BYTES, _SHARED_BYTES)

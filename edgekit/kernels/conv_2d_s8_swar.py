"""CONV_2D on cores that multiply 32 bits by 32 and have no DSP extension: two products at once."""

from __future__ import annotations

import math

from edgekit.ir import Graph, Op
from edgekit.kernels import _swar, _swar_cost
from edgekit.ops import ConstArray, KernelCall, KernelChoice
from edgekit.ops._conv import undilated_params, windows
from edgekit.ops._kernel import ParamValue
from edgekit.ops._overlap import windowed_lead
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES: frozenset[str] = frozenset()

# Cores with the ladder of one channel; the others take two channels at a time.
_LADDER = frozenset({"thumb1", "thumb2"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, columns not dilated, on a core that has nothing better."""
    _, kernel_h, kernel_w, depth = graph.input(op, 1).shape
    attrs = op.attrs
    if target.core.features & _swar.BETTER or depth != graph.input(op, 0).shape[3]:
        return None
    if attrs.dilation_w_factor != 1 and kernel_w != 1:
        return None
    paired = _LADDER.isdisjoint(target.core.features)
    words = 3 if paired else 2
    layer = _swar.layer_of(op, graph, axis=0)
    chunks = (_swar.paired_chunks if paired else _swar.chunks)(layer.weights)
    params: tuple[tuple[str, ParamValue], ...] = (
        *undilated_params(op, graph),
        *layer.params,
        ("words", words),
        ("paired", paired),
        ("weights", ConstArray("weights", chunks.stream)),
        ("forms", _swar.forms_array(layer, chunks.counts)),
    )
    strides = (attrs.stride_h, attrs.stride_w)
    return KernelChoice(
        "conv_2d",
        "s8_swar",
        (KernelCall(params),),
        _scratch_bytes(op, graph, words),
        _swar_cost.convolution(
            target,
            layer,
            math.prod(graph.output(op).shape[:3]),
            words,
            int(chunks.counts.sum()),
            0 if _is_pointwise(op, graph) else kernel_h,
        ),
        own_params=True,
        in_place=windowed_lead(op, graph, windows(op, graph), strides, gathers=True),
    )


def _is_pointwise(op: Op, graph: Graph) -> bool:
    _, kernel_h, kernel_w, _ = graph.input(op, 1).shape
    attrs = op.attrs
    return (kernel_h, kernel_w, attrs.stride_h, attrs.stride_w) == (1, 1, 1, 1)


def _scratch_bytes(op: Op, graph: Graph, words: int) -> int:
    """Taps of a block; a row outside of the input and two staged ones."""
    taps = math.prod(graph.input(op, 1).shape[1:])
    _, kernel_h, _, _ = graph.input(op, 1).shape
    staged = 0 if _is_pointwise(op, graph) else 3 * (taps // kernel_h)
    return taps * words * 4 + -(-staged // 4) * 4

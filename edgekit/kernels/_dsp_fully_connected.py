"""What the fully connected layers for cores with the DSP extension share."""

from __future__ import annotations

import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import (
    Int32,
    Steps,
    Sums,
    as_words,
    halfwords,
    packed_prescales,
    pair_order,
    sums_of,
    unrolled,
    weights_of,
    widened,
)
from edgekit.ops import ConstArray, Cost, InPlace, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._kernel import ParamValue
from edgekit.targets import Target

# Machine code of the loop that widens a row.
_WIDENING_BYTES = 80
# What a core with MVE multiplies at once.
_VECTOR_BYTES = 16
# Weights from which on an unrolled loop is small beside them.
_LONG = 8192


def choose(
    op: Op, graph: Graph, target: Target, *, packed: bool, widens: bool = True
) -> KernelChoice | None:
    """The kernel for a fully connected layer, or None where no form could be proven.

    None, too, for rows of a vector or more on cores with MVE: their own kernel takes less of
    everything. Of ad01's instructions it takes a fifth, and of its flash 1 KB less.

    Args:
        op: the layer.
        graph: its graph.
        target: the board.
        packed: weights in 8 bits.
        widens: a row once, into scratch; otherwise again for every four units.
    """
    sums = None if _is_for_vectors(op, graph, target) else _sums(op, graph, packed=packed)
    if sums is None:
        return None
    units, depth = graph.input(op, 1).shape
    rows = graph.input(op, 0).size // depth
    groups = -(-depth // 8)
    order = [*range(depth), *[-1] * (groups * 8 - depth)]
    # Machine code of a step: 27 or 21 instructions, four more where it widens the row itself.
    step_bytes = (108 if packed else 84) + (0 if widens else 16)
    steps = unrolled(groups, rows * units / 4, step_bytes, 12)
    code_bytes = steps.body * step_bytes + 250
    shared = _shared_steps(groups) if _is_long(op, graph) else None
    if shared:
        steps = shared
        layers = sum(each.kind == op.kind and _is_long(each, graph) for each in graph.ops)
        code_bytes = 120 + (steps.body * step_bytes + 200) // layers
    stream = _stream(sums.padded(4, order), packed=packed)
    layout = _layout(sums, rows, groups * (8 if packed else 16))
    params: tuple[tuple[str, ParamValue], ...] = (
        ("rows", rows),
        ("depth", depth),
        ("units", units),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("exponent", sums.exponent),
        ("shared", sums.shared),
        ("groups", groups),
        ("head", steps.head),
        ("unroll", steps.unroll),
        ("loops", steps.loops),
        ("apart", shared is not None),
        ("stream", ConstArray("weights", stream, layout)),
    )
    return KernelChoice(
        "fully_connected",
        ("s8_dsp_w8" if packed else "s8_dsp_w16") if widens else "s8_dsp_bytes",
        (KernelCall(params),),
        groups * 16 + (-(-units // 4) * 4 if units % 4 else 0) if widens else 0,
        Cost(
            rows * _row_instructions(units, depth, steps, sums, packed=packed, widens=widens),
            code_bytes - (0 if widens else _WIDENING_BYTES),
        ),
        own_params=True,
        scratch_in_place=(InPlace(0, _widening_lead(depth)),) if widens and rows == 1 else (),
    )


def _is_for_vectors(op: Op, graph: Graph, target: Target) -> bool:
    return "mve" in target.core.features and graph.input(op, 1).shape[1] >= _VECTOR_BYTES


def _sums(op: Op, graph: Graph, *, packed: bool) -> Sums | None:
    weights = weights_of(op, graph)
    prescales = packed_prescales(weights) if packed else widened(weights)
    return sums_of(op, graph, prescales, share=True)


def _layout(sums: Sums, rows: int, words: int) -> WeightBlocks:
    """Blocks of four units, of so many words of weights."""
    return WeightBlocks(
        words,
        before=4,
        after=0 if sums.shared else 4 * len(sums.form(0)),
        head=4 if sums.shared else 0,
        channels="units" if rows == 1 else "",
    )


def _widening_lead(depth: int) -> int:
    """Taps are widened forwards, four bytes to eight, each four read before they are written."""
    return 4 * (-(-depth // 4) - 1)


def _is_long(op: Op, graph: Graph) -> bool:
    """Whether a layer's weights are so many that the loop may take a function of its own."""
    return graph.input(op, 1).size >= _LONG


def _shared_steps(groups: int) -> Steps | None:
    """Steps of a loop that layers share: it has no head, and few lengths are asked for."""
    unroll = next((each for each in (8, 4) if groups % each == 0), None)
    return Steps(0, unroll, groups // unroll) if unroll else None


def _stream(sums: Sums, *, packed: bool) -> Int32:
    """Biases, weights and forms of four units at a time, as the blocks read them."""
    weights, bias = (sums.weights, sums.bias) if packed else sums.scaled()
    ordered = weights[:, pair_order(weights.shape[1])]
    if packed:
        both = bias[::2] + 256 * bias[1::2]
        bias = bias.copy()
        bias[1::2], bias[::2] = bias[::2].copy(), both
        ordered = ordered[::2] + 256 * ordered[1::2]
    per_block = 2 if packed else 4
    words: list[npt.ArrayLike] = []
    if sums.shared:
        words.append([*sums.form(0), 0, 0][:4])
    for block in range(len(bias) // 4):
        rows = ordered[block * per_block : (block + 1) * per_block]
        pairs = halfwords(rows[:, ::2], rows[:, 1::2]).reshape(per_block, -1, 4)
        words += [bias[block * 4 : block * 4 + 4], pairs.swapaxes(0, 1)]
        if not sums.shared:
            words += [sums.form(unit) for unit in range(block * 4, block * 4 + 4)]
    return as_words(words)


def _row_instructions(
    units: int, depth: int, steps: Steps, sums: Sums, *, packed: bool, widens: bool
) -> float:
    """Counted in the assembler; the widening was measured on an emulated core."""
    count = steps.head + steps.unroll * steps.loops
    loads = 2 if sums.shared else 1 if sums.exponent else 4
    forms = loads + (8 if sums.exponent else 20)
    clamp = 3 * ((sums.low > -128) + (sums.high < 127))
    block = (
        1
        + count * ((27 if packed else 21) + (0 if widens else 4))
        + steps.overhead
        + forms
        + 4 * clamp
    )
    block += 9 + (4 if packed else 0)
    return block * -(-units // 4) + (1.3 * depth if widens else 0) + 30

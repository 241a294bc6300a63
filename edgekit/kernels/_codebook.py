"""Weights of few values as codes and a book, whoever made them: ek_codebook.h decodes them.

The same takes weights out of a stream in which kernels have them beside each layer's own constants:
layers that share weights then have them in flash once, whatever values they have.

They become whole in the scratch of the layer before its kernel runs, so that every kernel serves
whose weights are an array of their own or take turns with other words in even blocks.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from edgekit.ir.tensor import Array
from edgekit.ops import Coded, ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.ops._kernel import ParamValue

# Codes of more bits save too little, unless several layers have them in common.
_MOST_BITS, _MOST_SHARED_BITS = 6, 8
# Outputs of a part are words.
_CHANNELS = 4
# Where the kernel's own scratch begins: what any core's vectors are aligned to.
_ALIGNMENT = 16
# Flash of a layer: the parameters of the decoder, and its call.
_LAYER_BYTES = 44
# Counted in the assembler of ek_codebook.h.
_PAIR_INSTRUCTIONS, _WORD_INSTRUCTIONS, _BLOCK_INSTRUCTIONS = 25, 5, 60
# About what another run of a kernel takes beyond its share of the work.
_RUN_INSTRUCTIONS = 400
# Machine code of the decoder, once in a firmware.
DECODER_BYTES = 250


def coded(
    choice: KernelChoice, runs: int = 1, parts: int = 1, *, shared: bool = False
) -> KernelChoice | None:
    """The same kernel with its weights as codes.

    Args:
        choice: the kernel.
        runs: how many times it runs in an inference: band by band more than once.
        parts: decode so many parts of the channels one after the other, for less scratch.
        shared: another layer has the same codes.

    Returns:
        None where that takes no less flash by itself and is not shared, or there are no such parts.
    """
    found = _plain_weights(choice)
    if found is None:
        return None
    call = choice.calls[0]
    code = encoded(found, _MOST_SHARED_BITS if shared else _MOST_BITS)
    if code is None or (not shared and code.nbytes + _LAYER_BYTES >= found.data.nbytes):
        return None
    changed: dict[str, ParamValue] = {}
    if parts > 1:
        channels = dict(call.params).get(code.layout.channels)
        divided = _divided(code, parts, channels) if isinstance(channels, int) else None
        if divided is None or not isinstance(channels, int):
            return None
        code, changed = divided, {code.layout.channels: channels // parts}
    stored = dataclasses.replace(found, coded=code)
    params: tuple[tuple[str, ParamValue], ...] = tuple(
        (name, changed.get(name, stored if value is found else value))
        for name, value in call.params
    )
    held = code.blocks * 2 * code.pairs + 4 * (code.others.size // parts + code.layout.head)
    decoded = -(-held // _ALIGNMENT) * _ALIGNMENT
    return dataclasses.replace(
        choice,
        calls=(KernelCall(params, call.inputs),),
        scratch_bytes=choice.scratch_bytes + decoded,
        decoded_bytes=decoded,
        # A part is written before the next one reads.
        in_place=choice.in_place if parts == 1 else (),
        scratch_in_place=(),
        cost=_cost(choice.cost, code, runs),
    )


def _divided(code: Coded, parts: int, channels: int) -> Coded | None:
    """The same in parts of as many whole blocks; None where there are no such."""
    halves = code.blocks * code.pairs * code.bits
    even = code.blocks % parts == 0 and channels % code.blocks == 0
    if not even or halves % (8 * parts) or channels // parts % _CHANNELS:
        return None
    return dataclasses.replace(code, blocks=code.blocks // parts, parts=parts)


def sharers(choices: Sequence[KernelChoice]) -> frozenset[int]:
    """Positions of kernels with equal weights between constants that differ."""
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for position, choice in enumerate(choices):
        array = _plain_weights(choice)
        if array is not None and array.layout is not None:
            held = _parts(array)[0].tobytes()
            found.setdefault(held, []).append((position, array.data.tobytes()))
    groups = (each for each in found.values() if len({whole for _, whole in each}) > 1)
    return frozenset(position for each in groups for position, _ in each)


def encoded(array: ConstArray, most_bits: int = _MOST_BITS) -> Coded | None:
    """An array as codes of at most so many bits; None where it has too many values."""
    weights, others, layout = _parts(array)
    found = [each for each in (_bytes(weights), _sums(weights)) if each is not None]
    values, carries = min(found, key=lambda each: np.unique(each[0]).size)
    book, codes = np.unique(values, return_inverse=True)
    bits = max(1, math.ceil(math.log2(book.size)))
    if bits > most_bits:
        return None
    return Coded(
        _packed(codes.reshape(-1), bits),
        book.astype(np.int8),
        others,
        layout,
        len(weights),
        weights.shape[1],
        bits,
        carries,
    )


def decoded(code: Coded) -> Array:
    """What ek_codebook.h makes of it, as bytes: uint8."""
    held = np.unpackbits(code.codes.astype("<u2").view(np.uint8), bitorder="little")
    blocks = code.blocks * code.parts
    count = 2 * blocks * code.pairs
    places = held[: count * code.bits].reshape(count, code.bits) @ (1 << np.arange(code.bits))
    low, high = code.book.astype(np.int64)[places].reshape(-1, 2).T
    halves = ((low if code.carries else low & 0xFF) + 256 * high).astype("<u2")
    weights = halves.view(np.uint8).reshape(blocks, -1)
    words = code.others.astype("<i4").view(np.uint8)
    head, others = np.split(words, [4 * code.layout.head])
    before, after = np.split(others.reshape(blocks, -1), [4 * code.layout.before], axis=1)
    return np.append(head, np.concatenate([before, weights, after], axis=1))


def _plain_weights(choice: KernelChoice) -> ConstArray | None:
    """The weights of a kernel with one call, if they are no codes yet."""
    values = [value for call in choice.calls for _, value in call.params]
    arrays = [v for v in values if isinstance(v, ConstArray) and v.role == "weights"]
    return arrays[0] if len(choice.calls) == len(arrays) == 1 and not arrays[0].coded else None


def _parts(array: ConstArray) -> tuple[Array, Array, WeightBlocks]:
    """Halfwords of weights, [blocks, pairs], and the words between them."""
    held = np.frombuffer(array.data.astype(array.data.dtype.newbyteorder("<")).tobytes(), np.uint8)
    if array.layout is None:
        even = np.append(held, held[-1:]) if held.size % 2 else held
        return even.view("<u2").reshape(1, -1), np.zeros(0, np.int32), WeightBlocks(0)
    layout = array.layout
    head, body = np.split(held.view("<i4"), [layout.head])
    blocks = body.reshape(-1, layout.before + layout.weights + layout.after)
    ends = [layout.before, layout.before + layout.weights]
    before, weights, after = np.split(blocks, ends, axis=1)
    others = np.append(head, np.concatenate([before, after], axis=1)).astype(np.int32)
    return np.ascontiguousarray(weights).view("<u2"), others, layout


def _bytes(halves: Array) -> tuple[Array, bool]:
    """The two bytes of each halfword."""
    both = np.stack([halves & 0xFF, halves >> 8], axis=-1)
    return both.astype(np.uint8).view(np.int8), False


def _sums(halves: Array) -> tuple[Array, bool] | None:
    """The two values of each halfword that is the one + 256 times the other."""
    low = (halves & 0xFF).astype(np.uint8).view(np.int8).astype(np.int64)
    high = (halves.view("<i2").astype(np.int64) - low) >> 8
    if high.size and high.max() > np.iinfo(np.int8).max:
        return None
    return np.stack([low, high], axis=-1), True


def _packed(codes: Array, bits: int) -> Array:
    """Codes behind each other, lowest bit first, up to whole halfwords."""
    flat = ((codes[:, None] >> np.arange(bits)) & 1).astype(np.uint8).reshape(-1)
    held = np.packbits(np.pad(flat, (0, -flat.size % 16)), bitorder="little")
    return np.asarray(held.view("<u2"), np.uint16)


def _cost(cost: Cost | None, code: Coded, runs: int) -> Cost | None:
    if cost is None:
        return None
    blocks = code.blocks * code.parts
    words = code.layout.before + code.layout.after
    block = code.pairs * _PAIR_INSTRUCTIONS + words * _WORD_INSTRUCTIONS + _BLOCK_INSTRUCTIONS
    return Cost(
        cost.instructions + runs * blocks * block + (code.parts - 1) * _RUN_INSTRUCTIONS,
        cost.code_bytes + _LAYER_BYTES,
        cost.shared_bytes,
    )

"""Weights of few values as codes and a book, whoever made them: ek_codebook.h decodes them.

They become whole in the scratch of the layer before its kernel runs, so that every kernel serves
whose weights are an array of their own or take turns with other words in even blocks.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from edgekit.ir.tensor import Array
from edgekit.ops import Coded, ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._kernel import ParamValue

# Codes of more bits save too little.
_MOST_BITS = 6
# Where the kernel's own scratch begins: what any core's vectors are aligned to.
_ALIGNMENT = 16
# Flash of a layer: the parameters of the decoder, and its call.
_LAYER_BYTES = 44
# Counted in the assembler of ek_codebook.h.
_PAIR_INSTRUCTIONS, _WORD_INSTRUCTIONS, _BLOCK_INSTRUCTIONS = 21, 5, 20
# Machine code of the decoder, once in a firmware.
DECODER_BYTES = 184


def coded(choice: KernelChoice, runs: int = 1) -> KernelChoice | None:
    """The same kernel with its weights as codes.

    Args:
        choice: the kernel.
        runs: how many times it runs in an inference: band by band more than once.

    Returns:
        None where that takes no less flash.
    """
    if len(choice.calls) != 1:
        return None
    call = choice.calls[0]
    found = next((v for _, v in call.params if isinstance(v, ConstArray) and _may(v)), None)
    code = None if found is None else encoded(found)
    if found is None or code is None or code.nbytes + _LAYER_BYTES >= found.data.nbytes:
        return None
    stored = dataclasses.replace(found, coded=code)
    params: tuple[tuple[str, ParamValue], ...] = tuple(
        (name, stored if value is found else value) for name, value in call.params
    )
    decoded = -(-found.data.nbytes // _ALIGNMENT) * _ALIGNMENT
    return dataclasses.replace(
        choice,
        calls=(KernelCall(params, call.inputs),),
        scratch_bytes=choice.scratch_bytes + decoded,
        decoded_bytes=decoded,
        scratch_in_place=(),
        cost=_cost(choice.cost, code, runs),
    )


def encoded(array: ConstArray) -> Coded | None:
    """An array as codes; None where it has too many values."""
    weights, others = _parts(array)
    found = [each for each in (_bytes(weights), _sums(weights)) if each is not None]
    values, carries = min(found, key=lambda each: np.unique(each[0]).size)
    book, codes = np.unique(values, return_inverse=True)
    bits = max(1, math.ceil(math.log2(book.size)))
    if bits > _MOST_BITS:
        return None
    return Coded(
        _packed(codes.reshape(-1), bits),
        book.astype(np.int8),
        others,
        len(weights),
        weights.shape[1],
        bits,
        carries,
    )


def decoded(code: Coded) -> Array:
    """What ek_codebook.h makes of it, as bytes: uint8."""
    held = np.unpackbits(code.codes.astype("<u2").view(np.uint8), bitorder="little")
    count = 2 * code.blocks * code.pairs
    places = held[: count * code.bits].reshape(count, code.bits) @ (1 << np.arange(code.bits))
    low, high = code.book.astype(np.int64)[places].reshape(-1, 2).T
    halves = ((low if code.carries else low & 0xFF) + 256 * high).astype("<u2")
    weights = halves.view(np.uint8).reshape(code.blocks, -1)
    others = code.others.astype("<i4").view(np.uint8).reshape(code.blocks, -1)
    return np.concatenate([weights, others], axis=1).reshape(-1)


def _may(array: ConstArray) -> bool:
    return array.role == "weights" and array.coded is None


def _parts(array: ConstArray) -> tuple[Array, Array]:
    """Halfwords of weights, [blocks, pairs], and the words between them."""
    if array.block is not None:
        words = np.asarray(array.data, "<i4").reshape(-1, sum(array.block))
        weights = np.ascontiguousarray(words[:, : array.block[0]])
        others = np.ascontiguousarray(words[:, array.block[0] :]).reshape(-1)
        return weights.view("<u2"), others.astype(np.int32)
    held = np.frombuffer(array.data.astype(array.data.dtype.newbyteorder("<")).tobytes(), np.uint8)
    even = np.append(held, held[-1:]) if held.size % 2 else held
    return even.view("<u2").reshape(1, -1), np.zeros(0, np.int32)


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
    words = code.others.size // code.blocks
    block = code.pairs * _PAIR_INSTRUCTIONS + words * _WORD_INSTRUCTIONS + _BLOCK_INSTRUCTIONS
    return Cost(
        cost.instructions + runs * code.blocks * block,
        cost.code_bytes + _LAYER_BYTES,
        cost.shared_bytes,
    )

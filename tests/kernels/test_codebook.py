"""Weights of few values as codes: what is decoded is what was there, and what that costs."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit import kernels, targets
from edgekit.kernels import _codebook
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from tests.support.cases import load_cases

RANDOM = np.random.default_rng(5)


def _stream(blocks: int, words: int, others: int, levels: list[int]) -> ConstArray:
    """Halfwords of two values each, low + 256 high, with other words between."""
    low, high = RANDOM.choice(levels, (2, blocks, words * 2))
    weights = (low + 256 * high).astype(np.int64).astype(np.uint16).view(np.int32)
    between = RANDOM.integers(-(2**31), 2**31, (blocks, others)).astype(np.int32)
    data = np.concatenate([weights.reshape(blocks, words), between], axis=1).reshape(-1)
    return ConstArray("weights", data, (words, others))


@pytest.mark.parametrize("count", [2, 3, 5, 16, 17, 40])
def test_sums_of_two_values_come_back(count: int) -> None:
    levels = [-127, *np.linspace(-100, 127, count - 1).astype(int)]
    array = _stream(6, 10, 3, levels)
    code = _codebook.encoded(array)
    assert code is not None
    assert code.bits == max(1, int(np.ceil(np.log2(count))))
    assert code.book.size <= count
    assert code.carries
    assert _codebook.decoded(code).tobytes() == array.data.astype("<i4").tobytes()


@pytest.mark.parametrize("size", [1, 8, 33, 500])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32])
def test_bytes_come_back(dtype: type, size: int) -> None:
    levels = np.array([0, 3, 7, 100], np.uint8).view(np.int8)
    held = RANDOM.choice(levels, size * np.dtype(dtype).itemsize)
    array = ConstArray("weights", held.view(dtype))
    code = _codebook.encoded(array)
    assert code is not None
    assert _codebook.decoded(code)[: held.size].tobytes() == held.tobytes()


def test_many_values_have_no_code() -> None:
    values = np.arange(-64, 64, dtype=np.int8)
    assert _codebook.encoded(ConstArray("weights", values)) is None


def test_what_a_layer_takes_as_codes() -> None:
    data = RANDOM.choice([-9, -1, 1, 9], 4000).astype(np.int8)
    call = KernelCall((("weights", ConstArray("weights", data)), ("size", 4000)))
    plain = KernelChoice("kernel", "s8", (call,), 100, Cost(1e5, 50, 200))
    found = kernels.coded(plain, runs=3)
    assert found is not None
    assert found.decoded_bytes == 4000
    assert found.scratch_bytes == 4100
    assert kernels.constant_bytes(found) == 1000 + 4
    assert found.cost is not None
    assert found.cost.instructions == pytest.approx(1e5 + 3 * 2000 * 21, rel=0.01)
    assert kernels.code_bytes([found]) > kernels.code_bytes([plain])
    assert kernels.coded(found) is None, "it is coded already"


def test_a_few_weights_are_not_worth_it() -> None:
    few = np.resize(np.arange(8, dtype=np.int8), 64)
    call = KernelCall((("weights", ConstArray("weights", few)),))
    assert kernels.coded(KernelChoice("kernel", "s8", (call,))) is None


@pytest.mark.parametrize("op", ["conv_2d", "fully_connected"])
def test_every_kernel_of_every_core_comes_back(op: str) -> None:
    """The blocks that kernels state are where their weights lie."""
    seen = set()
    cases = [case for case in load_cases(op) if "values" in case.name]
    for target in targets.all_boards():
        if target.core.name in seen:
            continue
        seen.add(target.core.name)
        for case in cases:
            for choice in kernels.candidates(case.graph.ops[0], case.graph, target):
                coded = kernels.coded(choice)
                if coded is None:
                    continue
                (array,) = (v for _, v in coded.calls[0].params if _is_coded(v))
                assert array.coded is not None
                whole = _codebook.decoded(array.coded)[: array.data.nbytes]
                assert whole.tobytes() == np.ascontiguousarray(array.data).tobytes()


def _is_coded(value: object) -> bool:
    return isinstance(value, ConstArray) and value.coded is not None

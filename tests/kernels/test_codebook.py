"""Weights of few values as codes: what is decoded is what was there, and what that costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit import builder, kernels, targets
from edgekit.compiler import Select
from edgekit.emulators import host
from edgekit.ir import Graph
from edgekit.kernels import _codebook
from edgekit.ops import ConstArray, Cost, InPlace, KernelCall, KernelChoice, WeightBlocks
from edgekit.targets import Target
from tests.kernels.test_kernels import expect_all_right
from tests.support.cases import load_cases
from tests.support.kernel_bundle import write_bundle
from tests.support.tools import needs

RANDOM = np.random.default_rng(5)


def _stream(blocks: int, words: int, others: int, levels: list[int]) -> ConstArray:
    """Halfwords of two values each, low + 256 high, with other words between."""
    low, high = RANDOM.choice(levels, (2, blocks, words * 2))
    weights = (low + 256 * high).astype(np.int64).astype(np.uint16).view(np.int32)
    between = RANDOM.integers(-(2**31), 2**31, (blocks, others)).astype(np.int32)
    data = np.concatenate([weights.reshape(blocks, words), between], axis=1).reshape(-1)
    return ConstArray("weights", data, WeightBlocks(words, after=others))


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
    assert found.cost.instructions == pytest.approx(1e5 + 3 * 2000 * 25, rel=0.01)
    assert kernels.code_bytes([found]) > kernels.code_bytes([plain])
    assert kernels.coded(found) is None, "it is coded already"


def test_parts_take_less_scratch() -> None:
    array = _stream(8, 20, 4, [-100, -9, 0, 7])
    layout = WeightBlocks(20, after=4, channels="units")
    call = KernelCall((("units", 16), ("stream", dataclasses.replace(array, layout=layout))))
    plain = KernelChoice("kernel", "s8", (call,), 0, Cost(1e5, 50), in_place=(InPlace(0),))
    whole, half = kernels.coded(plain), kernels.coded(plain, parts=2)
    assert whole is not None
    assert half is not None
    assert dict(half.calls[0].params)["units"] == 8
    assert (whole.decoded_bytes, half.decoded_bytes) == (8 * 96, 4 * 96)
    assert (whole.in_place, half.in_place) == ((InPlace(0),), ())
    assert kernels.constant_bytes(whole) == kernels.constant_bytes(half)
    assert kernels.coded(plain, parts=3) is None, "the blocks don't go into three parts"
    assert kernels.coded(plain, parts=8) is None, "a part's outputs are no whole words"


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


def test_shared_weights_of_any_values_on_the_host(tmp_path: Path) -> None:
    """As codes of 8 bits."""
    needs("cmake", "cc")
    target = next(each for each in targets.all_boards() if "dsp" in each.core.features)
    cases = [c for c in load_cases("conv_2d") if c.name in ("3x3_same", "per_tensor_with_bias")]

    def selections(source: Graph, target: Target) -> Iterator[Select]:
        for choice in kernels.candidates(source.ops[0], source, target):
            coded = kernels.coded(choice, shared=True)
            if coded is not None:
                yield lambda *_, coded=coded: coded

    count = write_bundle(tmp_path / "firmware", cases, target, 2, selections)
    assert count >= 2
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, count)


def test_who_shares_weights() -> None:
    """Equal weights beside other constants; whole arrays that are equal are stored once anyway."""
    one, other = (_stream(4, 8, 4, [-3, 0, 5]) for _ in range(2))
    rest = RANDOM.integers(0, 99, 4).astype(np.int32)
    data = one.data.reshape(4, 12).copy()
    data[:, 8:] = rest
    like = dataclasses.replace(one, data=data.reshape(-1))
    choices = [
        KernelChoice("kernel", "s8", (KernelCall((("stream", array),)),))
        for array in (one, other, like)
    ]
    assert kernels.sharers(choices) == {0, 2}
    assert kernels.sharers([choices[0], choices[0], choices[1]]) == frozenset()

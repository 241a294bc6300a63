from __future__ import annotations

import re

import numpy as np
import pytest

from edgekit.harness.diagnose import cause
from edgekit.ir import DType, Quant, Tensor
from edgekit.ir.tensor import Array

SHAPE = (1, 9, 8, 16)
TENSOR = Tensor("t", DType.INT8, SHAPE, Quant((0.1,), (-5,), 0))


def right() -> Array:
    return np.random.default_rng(1).integers(-60, 60, SHAPE, np.int8)


def named(got: Array, wanted: Array | None = None) -> str:
    wanted = right() if wanted is None else wanted
    return cause(wanted, got, wanted != got, TENSOR)


def test_channels() -> None:
    got = right()
    got[..., 3] += np.random.default_rng(2).integers(1, 9, SHAPE[:-1], np.int8)
    assert named(got).startswith("only the channel 3 of 16 differs: a weight")
    got[..., 7] ^= 3
    assert named(got).startswith("only the channels 3, 7 of 16 differ: a weight")


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.25, 1.7, -1.0])
def test_a_factor(factor: float) -> None:
    got = np.clip(np.round((right().astype(float) + 5) * factor) - 5, -128, 127).astype(np.int8)
    said = re.match(r"its values are (-?[\d.]+) times the right ones: the scale", named(got))
    assert said is not None
    assert float(said[1]) == pytest.approx(factor, rel=0.01)


@pytest.mark.parametrize("offset", [-7, 1, 100])
def test_an_offset(offset: int) -> None:
    got = np.clip(right().astype(int) + offset, -128, 127).astype(np.int8)
    assert named(got) == (
        f"every value is off by {offset}: a zero point, or the bias of every channel"
    )


def test_nothing_written() -> None:
    assert named(np.full(SHAPE, 17, np.int8)).startswith("it is 17 everywhere")


def test_another_rounding() -> None:
    got = right()
    some = np.random.default_rng(3).random(SHAPE) < 0.3
    got[some] += 1
    assert named(got).startswith("its values differ by one step")


def test_overwritten_memory() -> None:
    got = right()
    got.reshape(-1)[100:180] = np.random.default_rng(4).integers(-128, 127, 80, np.int8)
    assert named(got).startswith("the differences lie in its bytes 100 to 179: something else")


def test_other_code() -> None:
    assert named(np.random.default_rng(5).integers(-60, 60, SHAPE, np.int8)).startswith(
        "the differences have no pattern"
    )


def test_floats_and_single_elements() -> None:
    tensor = Tensor("t", DType.FLOAT32, (1, 20), None)
    wanted = np.linspace(1, 2, 20, dtype=np.float32).reshape(1, 20)
    assert cause(wanted, wanted * 2, wanted == wanted, tensor).startswith("its values are 2 times")
    assert cause(wanted, wanted + 1, wanted == wanted, tensor).startswith("every value is off by 1")
    one = wanted.copy()
    one[0, 3] = np.nan
    assert "channel 3 of 20" in cause(wanted, one, np.isnan(one), tensor)
    scalar = np.zeros(1, np.int8)
    alone = Tensor("t", DType.INT8, (1,), None)
    assert "one step" in cause(scalar, scalar + 1, np.array([True]), alone)

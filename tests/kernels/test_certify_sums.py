"""Every form in eight bytes equals the reference on every accumulator of its interval."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.kernels._certify_sums import SumForms, sum_forms
from edgekit.kernels._thresholds import Requant
from edgekit.ops._quant import quantize_multiplier


def _random(random: np.random.Generator, zero_point: int) -> tuple[Requant, int, int]:
    reach = int(2 ** random.uniform(4, 16))
    scale = 255 / reach * 2 ** random.uniform(-6, 0)
    lo, hi = sorted(int(x) for x in random.integers(-reach, reach, 2))
    return Requant(*quantize_multiplier(scale), zero_point), lo, hi


def _forms(channels: list[tuple[Requant, int, int]]) -> SumForms | None:
    requants, lo, hi = zip(*channels, strict=True)
    return sum_forms(requants, np.array(lo, np.int64), np.array(hi, np.int64))


@pytest.mark.parametrize("zero_point", [-128, -3, 0, 127])
def test_brute_force(zero_point: int) -> None:
    random = np.random.default_rng(zero_point + 128)
    proven = 0
    for _ in range(60):
        channels = [_random(random, zero_point) for _ in range(4)]
        forms = _forms(channels)
        if forms is None:
            continue
        proven += 1
        for i, (requant, lo, hi) in enumerate(channels):
            acc = np.arange(lo, hi + 1)
            one = SumForms(forms.multipliers[i : i + 1], forms.exponents[i : i + 1], zero_point)
            assert (one.apply(acc[None])[0] == requant.apply(acc)).all()
    assert proven > 20


@pytest.mark.parametrize("multiplier", [2**30, 2**30 + 1, 2**31 - 1])
@pytest.mark.parametrize("shift", [-1, -2, -9, -16])
def test_extreme_parameters(multiplier: int, shift: int) -> None:
    for zero_point in (-128, -1, 127):
        requant, reach = Requant(multiplier, shift, zero_point), 90_000
        forms = _forms([(requant, -reach, reach)])
        assert forms is not None
        acc = np.arange(-reach, reach + 1)
        assert (forms.apply(acc[None])[0] == requant.apply(acc)).all()


def test_refuses_what_it_can_not_prove() -> None:
    steep = Requant(2**30, 0, 0)
    assert _forms([(steep, -100, 100)]) is None
    assert _forms([(Requant(2**30, -8, 0), -(2**24), 2**24)]) is None, "the sum leaves 32 bits"
    # So slow that the multiplier has no bit left: right only where nothing moves.
    assert _forms([(Requant(2**31 - 1, -40, 5), -1000, 1000)]) is not None


def test_words_hold_bias_and_exponent() -> None:
    forms = _forms([(Requant(2**30, -5, 0), -1000, 1000)])
    assert forms is not None
    assert forms.words(np.array([-3])).tolist() == [[-3 * 256 + 12, 2**30]]


def test_a_wrong_form_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = SumForms.apply
    monkeypatch.setattr(SumForms, "apply", lambda self, acc: right(self, acc + 1))
    assert _forms([(Requant(2**30, -5, 0), -1000, 1000)]) is None

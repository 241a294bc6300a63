"""Every certified form equals the reference on every accumulator of its interval."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.kernels._certify import (
    Linear,
    certify,
    common_exponent,
    interval,
    intervals,
    own_exponents,
)
from edgekit.kernels._thresholds import Requant
from edgekit.ops._quant import quantize_multiplier


def _equal(requant: Requant, form: Linear, lo: int, hi: int) -> bool:
    acc = np.arange(lo, hi + 1)
    got = np.clip(form.apply(acc), requant.low, requant.high)
    return bool((got == requant.apply(acc)).all())


def _random(random: np.random.Generator) -> tuple[Requant, int, int]:
    """A channel as layers have them: mostly the output's range over the accumulator's."""
    reach = int(2 ** random.uniform(2, 17))
    real = 255 / reach * 2 ** random.uniform(-3, 2)
    zero_point = int(random.choice([-128, 127, 0, int(random.integers(-128, 128))]))
    low = int(random.choice([-128, zero_point, int(random.integers(-128, 0))]))
    high = int(random.choice([127, int(random.integers(low, 128))]))
    lo, hi = sorted(int(x) for x in random.integers(-reach, reach, 2))
    return Requant(*quantize_multiplier(real), zero_point, low, high), lo, hi


@pytest.mark.parametrize("signed", [False, True])
def test_brute_force(signed: bool) -> None:
    random = np.random.default_rng(int(signed))
    certified = 0
    for _ in range(300):
        requant, lo, hi = _random(random)
        form = certify(requant, lo, hi, int(random.integers(1, 23)), 8, signed=signed)
        if form is not None:
            certified += 1
            assert _equal(requant, form, lo, hi), (requant, form)
    assert certified > 50


@pytest.mark.parametrize("multiplier", [2**30, 2**30 + 1, 2**31 - 1, 1518500250])
@pytest.mark.parametrize("shift", [-1, -2, -6, -9])
@pytest.mark.parametrize("zero_point", [-128, 127, -3])
def test_extreme_parameters(multiplier: int, shift: int, zero_point: int) -> None:
    requant = Requant(multiplier, shift, zero_point)
    lo, hi = -70_000, 70_000
    forms = common_exponent([requant], [(lo, hi)], [8], signed=True)
    assert forms is not None
    assert _equal(requant, forms[0], lo, hi)


def test_relu_is_linear_and_the_rest_is_not() -> None:
    relu = Requant(1_700_000_000, -7, -128)
    both = Requant(1_700_000_000, -7, 3)
    bounds = [(-60_000, 60_000)]
    form = common_exponent([relu], bounds, [8])
    assert form is not None
    assert form[0].step == 0
    assert _equal(relu, form[0], *bounds[0])
    assert common_exponent([both], bounds, [8]) is None
    signed = common_exponent([both], bounds, [8], signed=True)
    assert signed is not None
    assert signed[0].step != 0


def test_layer_shares_one_exponent() -> None:
    random = np.random.default_rng(5)
    requants = [
        Requant(*quantize_multiplier(0.004 * 2 ** random.uniform(-2, 2)), -128) for _ in range(40)
    ]
    bounds = [(-int(random.integers(1, 90_000)), int(random.integers(1, 90_000))) for _ in requants]
    forms = common_exponent(requants, bounds, [8] * 40)
    assert forms is not None
    assert len({form.exponent for form in forms}) == 1
    for requant, form, (lo, hi) in zip(requants, forms, bounds, strict=True):
        assert 0 <= form.prescale <= 8
        assert _equal(requant, form, lo, hi)


def test_own_exponents_serve_what_no_common_one_does() -> None:
    requants = [Requant(2**30 + 7, shift, 5) for shift in (-1, -4, -11, -19)]
    bounds = [(-100, 100), (-9_000, 9_000), (-90_000, 50_000), (-8_000_000, 8_000_000)]
    assert common_exponent(requants, bounds, [8] * 4, signed=True) is None
    forms = own_exponents(requants, bounds, [8] * 4)
    assert forms is not None
    for requant, form, (lo, hi) in zip(requants, forms, bounds, strict=True):
        assert _equal(requant, form, lo, hi)


def test_fixed_prescale() -> None:
    requants = [Requant(*quantize_multiplier(0.002 * (1 + i / 8)), -128) for i in range(8)]
    forms = common_exponent(requants, [(-40_000, 80_000)] * 8, [8] * 8, [8] * 8)
    assert forms is not None
    for requant, form in zip(requants, forms, strict=True):
        assert form.prescale == 8
        assert _equal(requant, form, -40_000, 80_000)


def test_no_form_where_the_sum_leaves_32_bits() -> None:
    requant = Requant(*quantize_multiplier(1e-4), 0)
    assert certify(requant, -(2**30), 2**30, 10, 8) is None


def test_no_form_where_the_reference_wraps_around() -> None:
    assert certify(Requant(2**30, 20, 0), -5000, 5000, 4, 0, signed=True) is None


def test_zero_multiplier_is_constant() -> None:
    requant = Requant(0, 0, 17)
    form = certify(requant, -1000, 1000, 8, 8)
    assert form is not None
    assert _equal(requant, form, -1000, 1000)


@pytest.mark.parametrize("bounds", [(5, 900), (-900, -5), (0, 0), (-1, -1)])
def test_one_sided_intervals(bounds: tuple[int, int]) -> None:
    requant = Requant(1_234_567_890, -3, 4)
    forms = common_exponent([requant], [bounds], [8], signed=True)
    assert forms is not None
    assert _equal(requant, forms[0], *bounds)


def test_interval_is_reached_and_never_left() -> None:
    random = np.random.default_rng(3)
    weights = random.integers(-127, 128, (4, 9))
    bias = random.integers(-500, 500, 4)
    lows, highs = intervals(weights, bias, -128, 127, -7)
    for row, b, lo, hi in zip(weights, bias, lows, highs, strict=True):
        assert interval(row, int(b), -128, 127, -7) == (lo, hi)
        extremes = [np.where(row > 0, top, bottom) for top, bottom in ((127, -128), (-128, 127))]
        sums = [int(b + ((x + 7) * row).sum()) for x in extremes]
        assert sums == [hi, lo]


def test_padding_belongs_to_the_interval() -> None:
    assert interval([3], 0, 10, 20, 0) == (0, 60)


@pytest.mark.parametrize("signed", [False, True])
def test_own_exponents_are_those_of_each_channel_alone(signed: bool) -> None:
    random = np.random.default_rng(11)
    channels = []
    while len(channels) < 40:
        requant, lo, hi = _random(random)
        requant = Requant(requant.multiplier, requant.shift, -128)
        if common_exponent([requant], [(lo, hi)], [8], signed=signed) is not None:
            channels.append((requant, (lo, hi)))
    requants, bounds = zip(*channels, strict=True)
    found = own_exponents(requants, bounds, [8] * 40, signed=signed)
    assert found is not None
    for requant, bound, form in zip(requants, bounds, found, strict=True):
        assert common_exponent([requant], [bound], [8], signed=signed) == (form,)

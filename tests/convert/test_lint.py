from dataclasses import replace

import numpy as np
import pytest

from edgekit.convert import lint
from edgekit.datasets import Samples
from edgekit.errors import InputError
from edgekit.importers import BatchNormProbe, FloatModel, ValueRange

MODEL = FloatModel("net", (1, 4, 4, 1), (1, 2), None)
RNG = np.random.default_rng(0)
GOOD = RNG.random((40, 4, 4, 1)).astype(np.float32)
BYTES = ValueRange(0.0, 255.0, "its Rescaling layer 'r'")


def data(x) -> Samples:
    return Samples("set", np.asarray(x), total=len(x))


def probe(scale=1.0, shift=0.0) -> BatchNormProbe:
    """As if the model was trained on GOOD * scale + shift."""
    seen = GOOD * scale + shift
    mean, variance = seen.mean(axis=(0, 1, 2)), seen.var(axis=(0, 1, 2))
    return BatchNormProbe("bn", mean, variance, lambda x: x)


def warnings(x, **changes):
    return lint.check(data(x), replace(MODEL, **changes)).warnings


def test_good_samples_pass_unchanged():
    checked = lint.check(data(GOOD), MODEL)
    assert checked.warnings == ()
    assert checked.samples.dtype == np.float32
    np.testing.assert_array_equal(checked.samples, GOOD)


@pytest.mark.parametrize("shape", [(40, 4, 4), (40, 1, 4, 4, 1)])
def test_axes_of_one_are_added_and_dropped(shape):
    checked = lint.check(data(GOOD.reshape(shape)), MODEL)
    np.testing.assert_array_equal(checked.samples, GOOD)


@pytest.mark.parametrize(
    ("x", "message", "hint"),
    [
        (np.zeros((0, 4, 4, 1), np.float32), "no samples", "100 or more"),
        (GOOD[:, :3], "samples of 3x4x1 don't fit the model's input of 4x4x1", "(40, 3, 4, 1)"),
        (GOOD[0], "don't fit", "one sample without the first axis"),
        (GOOD.transpose(0, 3, 1, 2)[:, :, :2], "samples of 1x2x4", ""),
        ((GOOD * 255).astype(np.uint8), "x is uint8", "x / 255"),
        ((GOOD * 100).astype(np.int8), "x is int8", "already quantized"),
        ((GOOD * 100).astype(np.int32), "x is int32", "as float32"),
        (GOOD > 0.5, "x is bool", "store numbers"),
        (GOOD.astype(complex), "x is complex128", "store numbers"),
    ],
)
def test_refusals(x, message, hint):
    with pytest.raises(InputError) as caught:
        lint.check(data(x), MODEL)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_not_finite(value):
    x = GOOD.astype(np.float64)
    x[7, 1, 2, 0] = value
    with pytest.raises(InputError, match=r"1 values .* sample 7 at \(1, 2, 0\)"):
        lint.check(data(x), MODEL)


def test_few():
    assert "only 9 samples" in warnings(GOOD[:9])[0]
    assert not warnings(GOOD[:10])


def test_constant():
    assert "every value of every sample is 0.5" in warnings(np.full_like(GOOD, 0.5))[0]
    assert "all samples are the same" in warnings(np.repeat(GOOD[:1], 20, axis=0))[0]


def test_declared_range():
    assert not warnings(GOOD * 255, expects=BYTES)
    assert not warnings((GOOD * 255).astype(np.uint8), expects=BYTES)
    text = warnings(GOOD, expects=BYTES)[0]
    assert "expects about 0 to 255 (its Rescaling layer 'r')" in text
    assert "set: values lie in 0." in text
    assert warnings(GOOD * 255 - 128, expects=BYTES)


def test_batch_normalization_tells_the_training_data():
    assert not warnings(GOOD, probe=probe())
    assert "255 times as wide" in warnings(GOOD * 255, probe=probe())[0]
    assert "0.00392 times as wide" in warnings(GOOD, probe=probe(scale=255))[0]
    assert "standard deviations off" in warnings(GOOD - 20, probe=probe())[0]
    # Trained on bytes: bytes are right, though they look raw.
    assert not warnings(np.round(GOOD * 255), probe=probe(scale=255))


def test_raw_bytes_without_any_word_of_the_model():
    text = warnings(np.round(GOOD * 255))[0]
    assert "whole numbers in 0 to 25" in text
    assert "no Rescaling layer" in text
    assert not warnings(np.round(GOOD))  # 0 and 1 are as good as scaled

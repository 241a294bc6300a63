"""The integer front end: the C against its twin bit by bit, both against floating point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.contract import Quantized, audio, frontend
from tests.support.prepare import python_module, run_c

QUANT = Quantized(0.08, 12)
SPEECH = audio.Contract(
    sample_rate_hz=16_000, window=4000, frame=480, step=320, bands=40, low_hz=20, high_hz=4000
)
CASES = {
    "log-mel of magnitudes": SPEECH,
    "MFCC": audio.Contract(16_000, 3000, 640, 320, 40, 20.0, 4000.0, coefficients=10),
    "powers": audio.Contract(
        8000, 2000, 256, 100, 23, 100.0, 3800.0, magnitude=False, mean=-3.0, deviation=2.5
    ),
    "one frame, more bands than bins hold": audio.Contract(
        16_000, 100, 100, 1, 64, 0.0, 8000.0, floor=1e-3
    ),
    "the longest frame": audio.Contract(48_000, 4096, 2048, 1024, 80, 50.0, 20_000.0),
}


def recordings(contract: audio.Contract) -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    t = np.arange(contract.window) / contract.sample_rate_hz
    chirp = 9000 * np.sin(2 * np.pi * (200 + 3000 * t / t[-1]) * t)
    return {
        "noise": random.integers(-32768, 32768, contract.window).astype(np.int16),
        "quiet": random.integers(-3, 4, contract.window).astype(np.int16),
        "chirp": (chirp + random.normal(0, 50, contract.window)).astype(np.int16),
        "silence": np.zeros(contract.window, np.int16),
        "loudest": np.where(np.arange(contract.window) % 2, 32767, -32768).astype(np.int16),
        "constant": np.full(contract.window, -32768, np.int16),
    }


@pytest.mark.parametrize("name", CASES)
def test_c_and_python_agree_to_the_bit(name: str, tmp_path: Path) -> None:
    contract = CASES[name]
    found = recordings(contract)
    module = python_module(contract.python_source(QUANT), tmp_path)
    tables = contract.tables(QUANT)
    outputs = run_c(contract, QUANT, list(found.values()), tmp_path)
    for title, samples, output in zip(found, found.values(), outputs, strict=True):
        expected = frontend.features(tables, samples)
        assert expected.shape == contract.shape
        assert np.array_equal(output.reshape(contract.shape), expected), title
        assert np.array_equal(module.prepare(samples), expected), title


@pytest.mark.parametrize("name", CASES)
def test_integers_follow_floating_point(name: str) -> None:
    """One step of int8 at most, but where a band hears next to nothing."""
    contract = CASES[name]
    for title in ("noise", "chirp"):
        samples = recordings(contract)[title]
        real = contract.reference(samples / 32768) / QUANT.scale + QUANT.zero_point
        wanted = np.clip(np.round(real), -128, 127)
        found = frontend.features(contract.tables(QUANT), samples)
        assert np.abs(found - wanted).max() <= 1
        assert (found != wanted).mean() < 0.02
        assert len(np.unique(found)) > 5


@pytest.mark.parametrize("name", CASES)
def test_a_network_is_trained_on_what_the_device_computes(name: str) -> None:
    """Features before they become int8, and int8: the rounding of the scale lies between."""
    contract = CASES[name]
    for samples in recordings(contract).values():
        real = contract(samples / 32768) / QUANT.scale + QUANT.zero_point
        found = frontend.features(contract.tables(QUANT), samples)
        assert np.abs(np.clip(real, -128, 127) - found).max() < 0.51


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["log-mel of magnitudes", "MFCC"])
def test_the_definitions_are_tensorflows(name: str) -> None:
    tf = pytest.importorskip("tensorflow")
    contract = CASES[name]
    wave = recordings(contract)["chirp"].astype(np.float32) / 32768
    spectrum = tf.signal.stft(wave, contract.frame, contract.step, contract.fft)
    weights = tf.signal.linear_to_mel_weight_matrix(
        *(contract.bands, contract.fft // 2 + 1, contract.sample_rate_hz),
        *(contract.low_hz, contract.high_hz),
    )
    values = tf.math.log(tf.abs(spectrum) @ weights + contract.floor)
    if contract.coefficients:
        values = tf.signal.mfccs_from_log_mel_spectrograms(values)[:, : contract.coefficients]
    assert np.allclose(contract.reference(wave), values.numpy(), atol=2e-3)

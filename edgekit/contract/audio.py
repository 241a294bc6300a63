"""Recordings to log-mel or MFCC features, in integers.

The definitions are TensorFlow's (tf.signal: stft with a periodic Hann window, the HTK mel scale,
DCT-II), so that a network trained on those gets the same features on the device.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le

from edgekit import resources
from edgekit.contract import frontend
from edgekit.contract._emit import numbers, render
from edgekit.contract._kind import Array, Quantized
from edgekit.contract.frontend import Tables
from edgekit.errors import InputError

#: log2 of what a band of 1 is: 15 bits of the weights, and those of power and of magnitude.
_UNSIGNED = ("band_start", "band_length", "band_weights")
_POWER_BITS, _MAGNITUDE_BITS = 15 + 22, 15 + 19


@dataclass(frozen=True, slots=True)
class Contract:
    """A front end for speech.

    Attributes:
        sample_rate_hz: of the recordings.
        window: samples of a whole recording.
        frame: samples of a frame.
        step: samples from one frame to the next.
        bands: mel bands.
        low_hz, high_hz: edges of the bands.
        coefficients: of the MFCC; 0 for log-mel features.
        magnitude: bands of magnitudes, else of powers.
        floor: added to a band before the logarithm.
        mean, deviation: features are (x - mean) / deviation.
    """

    sample_rate_hz: Annotated[int, Ge(1000), Le(192_000)]
    window: Annotated[int, Ge(16), Le(10_000_000)]
    frame: Annotated[int, Ge(16), Le(2048)]
    step: Annotated[int, Ge(1)]
    bands: Annotated[int, Ge(2), Le(256)]
    low_hz: Annotated[float, Ge(0)]
    high_hz: Annotated[float, Gt(0)]
    coefficients: Annotated[int, Ge(0), Le(256)] = 0
    magnitude: bool = True
    floor: Annotated[float, Ge(1e-9), Le(1)] = 1e-6
    mean: float = 0.0
    deviation: Annotated[float, Gt(0)] = 1.0

    @property
    def fft(self) -> int:
        """Points of the FFT: the next power of two."""
        return 1 << (self.frame - 1).bit_length()

    @property
    def features(self) -> int:
        """Features of a frame."""
        return self.coefficients or self.bands

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what it makes: (frames, features)."""
        return 1 + (self.window - self.frame) // self.step, self.features

    def limits(self) -> tuple[float, float]:
        """The least and the greatest feature that a recording can give."""
        low = np.log(self.floor)
        high = np.log((self.frame if self.magnitude else self.frame**2) * float(self.fft))
        if self.coefficients:
            reach = float(np.abs(self._matrix()).sum(axis=1).max()) * max(abs(low), abs(high))
            low, high = -reach, reach
        edges = (low - self.mean) / self.deviation, (high - self.mean) / self.deviation
        return float(min(edges)), float(max(edges))

    def __call__(self, wave: Array) -> Array:
        """Features of a wave in -1 to 1 as the device computes them, before they become int8.

        A network that is trained and calibrated on these sees nothing else in the firmware.

        Args:
            wave: (window,) float; taken as 16-bit samples, as a microphone gives them.

        Returns:
            (frames, features) float32.
        """
        samples = np.clip(np.round(np.asarray(wave, np.float64) * 32768), -32768, 32767)
        values = frontend.logarithms(_unscaled(self), samples.astype(np.int16))
        return np.asarray((values * (np.log(2) / 65536) - self.mean) / self.deviation, np.float32)

    def reference(self, wave: Array) -> Array:
        """The same in floating point, which the integers are tested against."""
        at = np.arange(self.shape[0])[:, None] * self.step + np.arange(self.frame)
        spectrum = np.abs(np.fft.rfft(np.asarray(wave)[at] * self._hann(), self.fft))
        strength = spectrum if self.magnitude else spectrum**2
        values = np.log(strength @ self._mel() + self.floor)
        if self.coefficients:
            values = values @ self._matrix().T
        return np.asarray((values - self.mean) / self.deviation, np.float32)

    def tables(self, quant: Quantized) -> Tables:
        """The constants of the integer front end.

        Args:
            quant: scale and zero point of the model's input.
        """
        bits = _MAGNITUDE_BITS if self.magnitude else _POWER_BITS
        mel = np.round(self._mel() * 32768).astype(np.int64)
        spans = [np.flatnonzero(mel[:, band]) for band in range(self.bands)]
        starts = [int(span[0]) if len(span) else 0 for span in spans]
        lengths = [
            int(span[-1]) - start + 1 if len(span) else 0
            for span, start in zip(spans, starts, strict=True)
        ]
        runs = [mel[s : s + n, b] for b, (s, n) in enumerate(zip(starts, lengths, strict=True))]
        angles = 2 * np.pi * np.arange(self.fft // 2) / self.fft
        gain = 1 / (self.deviation * quant.scale)
        return Tables(
            window=_q15(self._hann()),
            cosine=_q15(np.cos(angles)),
            sine=_q15(np.sin(angles)),
            band_start=np.array(starts, np.uint16),
            band_length=np.array(lengths, np.uint16),
            band_weights=np.concatenate(runs).astype(np.uint16),
            floor=max(1, round(self.floor * 2.0**bits)),
            unit_bits=bits,
            matrix=_q15(self._matrix()) if self.coefficients else None,
            scale=round(np.log(2) * gain * 2**16),
            offset=round((quant.zero_point - self.mean * gain) * 2**32),
            step=self.step,
            magnitude=self.magnitude,
        )

    def c_sources(self, name: str, quant: Quantized) -> dict[str, str]:
        """See Contract in _kind."""
        tables = self.tables(quant)
        arrays = [
            (f"{'u' * (key in _UNSIGNED)}int16_t", key, values.size, numbers(values.ravel()))
            for key, values in _arrays(tables).items()
        ]
        values = {"name": name, "contract": self, "tables": tables, "arrays": arrays}
        place = f"models/{name}/{name}_input"
        sources = {f"{place}.{x}": render(f"audio.{x}.j2", **values) for x in ("h", "c")}
        folder = resources.templates_folder() / "frontend"
        for file in ("ek_frontend.h", "ek_frontend.c"):
            sources[f"frontend/{file}"] = (folder / file).read_text(encoding="utf-8")
        return sources

    def python_source(self, quant: Quantized) -> str:
        """See Contract in _kind."""
        tables = self.tables(quant)
        arrays = [
            (key, values.dtype.name, numbers(values.ravel()))
            for key, values in _arrays(tables).items()
            if key != "matrix"
        ]
        matrix = "" if tables.matrix is None else numbers(tables.matrix.ravel())
        return Path(frontend.__file__).read_text(encoding="utf-8") + render(
            "audio.py.j2", contract=self, tables=tables, arrays=arrays, matrix=matrix
        )

    def _hann(self) -> Array:
        return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.frame) / self.frame)

    def _mel(self) -> Array:
        """(bins, bands) triangles that meet at their neighbours' tops; bin 0 is in none."""

        def mel(hz: Array) -> Array:
            return np.asarray(1127.0 * np.log1p(np.asarray(hz) / 700.0))

        bins = mel(np.arange(self.fft // 2 + 1) * (self.sample_rate_hz / self.fft))[:, None]
        low, high = mel(np.array([self.low_hz, self.high_hz]))
        edges = np.linspace(float(low), float(high), self.bands + 2)
        rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
        falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
        weights = np.maximum(0.0, np.minimum(rising, falling))
        weights[0] = 0.0
        return np.asarray(weights)

    def _matrix(self) -> Array:
        """(coefficients, bands) of the DCT-II."""
        k, n = np.arange(self.coefficients)[:, None], np.arange(self.bands)
        return np.asarray(
            np.sqrt(2 / self.bands) * np.cos(np.pi * k * (2 * n + 1) / (2 * self.bands))
        )


def check(contract: Contract, where: str) -> None:
    """What no single key can show.

    Raises:
        InputError: keys that contradict each other.
    """
    if not contract.low_hz < contract.high_hz <= contract.sample_rate_hz / 2:
        raise InputError(f"{where}: low_hz < high_hz <= sample_rate_hz / 2 does not hold")
    if contract.frame > contract.window:
        raise InputError(f"{where}: a frame is longer than the window")
    if contract.coefficients > contract.bands:
        raise InputError(f"{where}: there can't be more coefficients than bands")


@functools.cache
def _unscaled(contract: Contract) -> Tables:
    """The tables where the features stay real numbers."""
    return contract.tables(Quantized(1.0, 0))


def _arrays(tables: Tables) -> dict[str, Array]:
    """The tables that are arrays, by name."""
    return {key: each for key, each in vars(tables).items() if isinstance(each, np.ndarray)}


def _q15(values: Array) -> Array:
    return np.clip(np.round(values * 32768), -32768, 32767).astype(np.int16)

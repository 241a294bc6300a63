"""Audio features in integers: the twin of firmware_templates/frontend/ek_frontend.h.

Plain NumPy and no import of the package, so that `convert` writes this very file into a project.
Each step is defined on integers and rounds the same way as the C; both give the same bytes.

    window     x[n] * hann[n], rounded to 4 fractional bits
    spectrum   radix-2 FFT of a power of two, 32 bits, twiddles of 15 fractional bits
    strength   power |X|^2 / 2^8, or magnitude |X| * 2^4
    bands      sums of strength * weight, weights of 15 fractional bits, and the floor
    log2       of a band in the waves' units, 16 fractional bits, linear between 64 points
    cosine     for MFCC: a matrix of 15 fractional bits
    int8       (value * scale + offset) >> 32, rounded, saturated
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: 64 points of log2(1 + x) and its end, 16 fractional bits.
LOG2_TABLE = np.round(np.log2(1 + np.arange(65) / 64) * 65536).astype(np.int64)


@dataclass(frozen=True)
class Tables:
    """The constants of a front end.

    Attributes:
        window: (frame,) of 15 fractional bits.
        cosine, sine: (fft/2,) twiddles of 15 fractional bits.
        band_start: (bands,) first bin of each band.
        band_length: (bands,) bins of each band.
        band_weights: of all bands in a row, 15 fractional bits.
        floor: what is added to each band before the logarithm.
        unit_bits: log2 of what a band of 1 is for waves in -1 to 1.
        matrix: (features, bands) of 15 fractional bits for MFCC; None for log-mel.
        scale, offset: from the logarithm or the cosine sum to int8, 32 fractional bits.
        step: samples from one frame to the next.
        magnitude: magnitudes instead of powers.
    """

    window: np.ndarray
    cosine: np.ndarray
    sine: np.ndarray
    band_start: np.ndarray
    band_length: np.ndarray
    band_weights: np.ndarray
    floor: int
    unit_bits: int
    matrix: np.ndarray | None
    scale: int
    offset: int
    step: int
    magnitude: bool


def features(tables: Tables, samples: np.ndarray) -> np.ndarray:
    """A recording's features as the model takes them.

    Args:
        tables: the front end's constants.
        samples: (n,) int16 with at least one frame.

    Returns:
        (frames, features) int8.
    """
    scaled = (logarithms(tables, samples) * tables.scale + tables.offset + (1 << 31)) >> 32
    return np.asarray(np.clip(scaled, -128, 127), np.int8)


def logarithms(tables: Tables, samples: np.ndarray) -> np.ndarray:
    """Logarithms to base 2 of the bands, or their cosine sums; 16 fractional bits.

    Args:
        tables: the front end's constants; neither `scale` nor `offset` is used.
        samples: (n,) int16 with at least one frame.

    Returns:
        (frames, features) int64.
    """
    samples = np.asarray(samples, np.int16).astype(np.int64)
    length = len(tables.window)
    count = 1 + (len(samples) - length) // tables.step
    frames = np.stack([samples[i * tables.step :][:length] for i in range(count)])
    values = _log2(bands(tables, frames)) - (tables.unit_bits << 16)
    if tables.matrix is not None:
        values = (values @ tables.matrix.T.astype(np.int64) + 16384) >> 15
    return np.asarray(values, np.int64)


def bands(tables: Tables, frames: np.ndarray) -> np.ndarray:
    """(n, frame) samples -> (n, bands) sums, the floor included."""
    windowed = (frames * tables.window.astype(np.int64) + (1 << 10)) >> 11
    real, imaginary = _fft(tables, windowed)
    square = (real * real + imaginary * imaginary).astype(np.uint64)
    strength = _root(square) if tables.magnitude else square >> np.uint64(16)
    sums = []
    at = 0
    for start, length in zip(tables.band_start, tables.band_length, strict=True):
        weights = tables.band_weights[at : at + length].astype(np.uint64)
        at += int(length)
        sums.append((strength[:, start : start + length] * weights).sum(axis=1))
    return np.asarray(np.stack(sums, axis=1) + np.uint64(tables.floor))


def _fft(tables: Tables, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first half and the middle of the spectrum, by decimation in time."""
    size = 2 * len(tables.cosine)
    bits = size.bit_length() - 1
    order = [int(f"{i:0{bits}b}"[::-1], 2) for i in range(size)]
    padded = np.zeros((len(x), size), np.int64)
    padded[:, : x.shape[1]] = x
    real, imaginary = padded[:, order], np.zeros_like(padded)
    half = 1
    while half < size:
        stride = size // (2 * half)
        c = tables.cosine[::stride].astype(np.int64)
        s = tables.sine[::stride].astype(np.int64)
        shape = (len(x), size // (2 * half), 2, half)
        a, b = real.reshape(shape), imaginary.reshape(shape)
        turned_real = (a[:, :, 1] * c + b[:, :, 1] * s + 16384) >> 15
        turned_imaginary = (b[:, :, 1] * c - a[:, :, 1] * s + 16384) >> 15
        real = np.stack([a[:, :, 0] + turned_real, a[:, :, 0] - turned_real], 2)
        imaginary = np.stack([b[:, :, 0] + turned_imaginary, b[:, :, 0] - turned_imaginary], 2)
        real, imaginary = real.reshape(len(x), size), imaginary.reshape(len(x), size)
        half *= 2
    keep = size // 2 + 1
    return real[:, :keep], imaginary[:, :keep]


def _root(square: np.ndarray) -> np.ndarray:
    """The integer square root: floating point, put right where it rounded to the wrong side."""
    root = np.sqrt(square.astype(np.float64)).astype(np.uint64)
    root = np.where(root * root > square, root - np.uint64(1), root)
    return np.where((root + np.uint64(1)) ** np.uint64(2) <= square, root + np.uint64(1), root)


def _log2(values: np.ndarray) -> np.ndarray:
    """log2 of positive integers, 16 fractional bits."""
    exponent = np.zeros(values.shape, np.int64)
    rest = values.astype(np.uint64)
    for bits in (32, 16, 8, 4, 2, 1):
        large = rest >= np.uint64(1) << np.uint64(bits)
        exponent += np.where(large, bits, 0)
        rest = np.where(large, rest >> np.uint64(bits), rest)
    # 16 bits behind the leading one.
    down = np.maximum(exponent - 16, 0).astype(np.uint64)
    up = np.maximum(16 - exponent, 0).astype(np.uint64)
    mantissa = (((values.astype(np.uint64) >> down) << up) & np.uint64(0xFFFF)).astype(np.int64)
    index, part = mantissa >> 10, mantissa & 1023
    low, high = LOG2_TABLE[index], LOG2_TABLE[index + 1]
    return np.asarray((exponent << 16) + low + (((high - low) * part + 512) >> 10))

"""Reads .wav files: Python's `wave` knows neither floats nor, before 3.12, extensible headers.

The format: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991),
and Microsoft's WAVEFORMATEXTENSIBLE, which recorders write for 24 bits and for several channels.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from edgekit.datasets._samples import Array
from edgekit.errors import InputError

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_HINT = "write it as PCM .wav"


def read(path: Path) -> tuple[int, Array]:
    """Samples per second, and values in -1 to 1, float32 (n, channels).

    Raises:
        InputError: no .wav, a damaged one, or one that is compressed.
    """
    try:
        return _parsed(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} is no readable recording: {error.strerror}", _HINT) from error
    except (ValueError, struct.error) as error:
        raise InputError(f"{path} is no readable recording: {error}", _HINT) from error


def _parsed(data: bytes) -> tuple[int, Array]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("it is no RIFF WAVE file")
    head = b""
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + size]
        if name == b"fmt ":
            head = body
        if name == b"data":
            return _decoded(head, body)
        position += 8 + size + size % 2
    raise ValueError("it is cut off")


def _decoded(head: bytes, body: bytes) -> tuple[int, Array]:
    if len(head) < 16:
        raise ValueError("it does not say of which format it is")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head)
    if kind == _EXTENSIBLE and len(head) >= 26:
        (kind,) = struct.unpack_from("<H", head, 24)
    width = bits // 8
    known = {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8)}.get(kind, ())
    if bits % 8 or width not in known:
        raise ValueError(f"unknown format {kind} of {bits} bits")
    if not channels or not rate:
        raise ValueError(f"{channels} channels of {rate} samples per second")
    whole = body[: len(body) // (channels * width) * (channels * width)]
    values = _pcm(whole, width) if kind == _PCM else _floats(whole, width)
    return rate, values.reshape(-1, channels)


def _floats(data: bytes, width: int) -> Array:
    values = np.frombuffer(data, f"<f{width}").astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("it has values that are no numbers")
    return values


def _pcm(data: bytes, width: int) -> Array:
    """PCM of 1 (unsigned), 2, 3 or 4 bytes a value, little endian."""
    if width == 1:
        return np.asarray((np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128)
    if width == 3:
        # As the upper three bytes of a 32-bit value.
        padded = np.zeros((len(data) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return np.asarray(padded.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31))
    values = np.frombuffer(data, f"<i{width}").astype(np.float32)
    return np.asarray(values / np.float32(2 ** (8 * width - 1)))

"""A folder of recordings (.wav); folders in it, if there are any, are the classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgekit.datasets import _folders, _riff
from edgekit.datasets._samples import Array, Form, Samples
from edgekit.errors import InputError

DESCRIPTION = "a folder of .wav recordings, one folder per class in it"
RAW = "audio"
SUFFIXES = frozenset({".wav"})


def accepts(source: str) -> bool:
    """Whether it is a folder with .wav files in it."""
    return Path(source).is_dir() and _folders.has(Path(source), SUFFIXES)


def read(source: str, form: Form, _split: str, limit: int | None) -> Samples:
    """The recordings, float32: through the form's front end, or else as waves in -1 to 1.

    Waves are (n, window): cut or filled with silence at both ends alike to the front end's
    window, to the form's shape, or else to the longest one's length; a note says how many were.
    Several channels become their mean.

    Raises:
        InputError: none, a damaged one, another sample rate, or a front end whose features
            don't have the form's shape.
    """
    found = _folders.listing(Path(source), SUFFIXES, limit)
    if not found.files:
        raise InputError(f"{source} has no .wav files")
    rate, window = _wanted(form)
    waves = []
    for path in found.files:
        its_rate, values = _wave(path)
        if rate not in (0, its_rate):
            raise InputError(
                f"{path} has {its_rate} samples per second instead of {rate}",
                "resample the recordings to one rate",
            )
        rate = its_rate
        waves.append(values)
    length = window or max(map(len, waves))
    x = np.stack([_cut(values, length) for values in waves])
    if form.features is not None:
        x = np.stack([np.asarray(form.features(values), np.float32) for values in x])
    notes = _fitted(source, [len(values) for values in waves], length, rate)
    return Samples(source, _shaped(x, form), found.y, found.labels, found.total, notes)


def rate(source: str) -> int:
    """Samples per second of a folder's first recording.

    Raises:
        InputError: there is none, or it is damaged.
    """
    files = _folders.found(Path(source), SUFFIXES)
    if not files:
        raise InputError(f"{source} has no .wav files")
    return _wave(files[0])[0]


def _wanted(form: Form) -> tuple[int, int]:
    """Sample rate and length that the form asks for; 0 where any will do."""
    if form.features is not None:
        return form.features.sample_rate_hz, form.features.window
    if form.shape is None:
        return 0, 0
    sizes = [size for size in form.shape if size != 1]
    if len(sizes) > 1:
        raise InputError(
            f"the model takes {'x'.join(map(str, form.shape))}, which is no wave",
            "give the front end that makes such features of a recording",
        )
    return 0, sizes[0] if sizes else 1


def _shaped(x: Array, form: Form) -> Array:
    if form.shape is None:
        return x
    if x[0].size != int(np.prod(form.shape)):
        raise InputError(
            f"the front end makes {'x'.join(map(str, x.shape[1:]))}, but the model takes "
            f"{'x'.join(map(str, form.shape))}",
            "use the front end that the model was designed for",
        )
    return x.reshape(len(x), *form.shape)


def _wave(path: Path) -> tuple[int, Array]:
    """Sample rate and values in -1 to 1, float32 (n,)."""
    its_rate, values = _riff.read(path)
    if not values.size:
        raise InputError(f"{path} is an empty recording", "remove it")
    return its_rate, values.mean(axis=1, dtype=np.float32)


def _fitted(source: str, lengths: list[int], window: int, rate: int) -> tuple[str, ...]:
    """What was cut off and what was filled, in words."""
    long = [length for length in lengths if length > window]
    short = [length for length in lengths if length < window]
    seconds, notes = f"{window / rate:.4g} s", []
    if long:
        lost = sum(long) - window * len(long)
        notes.append(
            f"{source}: {len(long):,} of {len(lengths):,} recordings are longer than the window "
            f"of {seconds}: only their middle is used, {100 * lost / sum(lengths):.3g} % of all "
            "that was recorded is not; cut them into windows to use it all"
        )
    if short:
        notes.append(
            f"{source}: {len(short):,} of {len(lengths):,} recordings are shorter than the window "
            f"of {seconds}: silence was put around them"
        )
    return tuple(notes)


def _cut(values: Array, length: int) -> Array:
    """The middle of a wave, or the wave in the middle of silence."""
    start = max(0, len(values) - length) // 2
    part = values[start : start + length]
    before = (length - len(part)) // 2
    return np.pad(part, (before, length - len(part) - before))

"""Arrays: .npz with x and, where they are known, y and labels; or .npy."""

from __future__ import annotations

from pathlib import Path

from edgekit import datafile
from edgekit.datasets._samples import Form, Samples, evenly

DESCRIPTION = "an .npz with x (and y, labels), or an .npy"
RAW = ""  # arrays have been prepared


def accepts(source: str) -> bool:
    """Whether it is a file of arrays."""
    return Path(source).suffix.lower() in {".npz", ".npy"} and Path(source).exists()


def read(source: str, _form: Form, _split: str, limit: int | None) -> Samples:
    """The file's samples, evenly spread.

    Raises:
        InputError: damaged, without an array x, or with another number of classes.
    """
    file = datafile.read(Path(source))
    whole = Samples(source, file.x, file.y, file.labels, len(file.x))
    return whole.take(evenly(len(file.x), limit))

"""Folders of files, where a folder of folders has one class in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgekit.datasets._samples import Array, evenly
from edgekit.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Files that were found.

    Attributes:
        files: those to read, sorted by path.
        y: their classes, or None where the folder has no folders.
        labels: the classes' names, sorted: a class is the folder directly below the source.
        total: how many files the source has.
    """

    files: tuple[Path, ...]
    y: Array | None
    labels: tuple[str, ...]
    total: int


def listing(folder: Path, suffixes: frozenset[str], limit: int | None) -> Listing:
    """At most `limit` of a folder's files, evenly spread.

    Raises:
        InputError: some files lie in class folders and some beside them.
    """
    files = found(folder, suffixes)
    kept = tuple(files[i] for i in evenly(len(files), limit))
    parts = [path.relative_to(folder).parts for path in files]
    loose = [path for path, part in zip(files, parts, strict=True) if len(part) == 1]
    if loose and len(loose) < len(files):
        raise InputError(
            f"{folder} has files in class folders and {len(loose)} beside them, e.g. "
            f"{loose[0].name}",
            "put every file into the folder of its class, or all into one folder",
        )
    if loose or not files:
        return Listing(kept, None, (), len(files))
    labels = tuple(sorted({part[0] for part in parts}))
    y = np.array([labels.index(p.relative_to(folder).parts[0]) for p in kept], np.int64)
    return Listing(kept, y, labels, len(files))


def found(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    """A folder's files with these suffixes, at any depth, sorted."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes and path.is_file() and not path.name.startswith(".")
    )


def has(folder: Path, suffixes: frozenset[str]) -> bool:
    """Whether there is a file with one of these suffixes."""
    return any(path.suffix.lower() in suffixes for path in folder.rglob("*"))

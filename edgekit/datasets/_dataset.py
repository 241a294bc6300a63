"""A data set as a training takes it: parts that share no sample, and a hash that names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from edgekit.datasets import _check
from edgekit.datasets._load import read
from edgekit.datasets._samples import Array, Form, Samples
from edgekit.datasets.builtin import names as builtin_names
from edgekit.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """What a training needs.

    Attributes:
        origin: the source, as the user wrote it.
        train: samples to learn from: x float32 (n, ...), y int64 (n,) or None.
        validation: samples to choose by (early stopping, the best epoch); none of `train`.
        test: samples kept apart from both, for the last word; None where the source has none.
        labels: the classes' names; empty where there are none.
        sha256: over every array, its shape and its type, and the labels: the same data and the
            same split have the same hash on every computer.
    """

    origin: str
    train: Samples
    validation: Samples
    test: Samples | None
    labels: tuple[str, ...]
    sha256: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of how the samples were read."""
        parts = (self.train, *(() if self.test is None else (self.test,)))
        return tuple(dict.fromkeys(note for part in parts for note in part.notes))

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where they are not known."""
        if self.labels:
            return len(self.labels)
        return 0 if self.train.y is None else int(self.train.y.max()) + 1


def load(
    source: str,
    form: Form | None = None,
    *,
    validation: float = 0.2,
    test: str | None = None,
    seed: int = 0,
    limit: int | None = None,
    classes: int = 0,
) -> Dataset:
    """Read, check and split a source.

    Args:
        source: see `FORMATS`.
        form: what the samples are to look like; with a shape they are held to it.
        validation: share of the training samples to keep for validation, in 0 to 1 (both
            excluded); every class gives its share.
        test: another source of the same form; by default a built-in set's own test part.
        seed: of the split.
        limit: the most samples to use, evenly spread; all if None.
        classes: how many the model tells apart; 0 takes what the data has.

    Raises:
        InputError: it can't be read, has NaN, too few samples or classes out of range.
        ToolError: a package that reads it is not installed.
    """
    if not 0.0 < validation < 1.0:
        raise InputError(
            f"a validation share of {validation:g} leaves nothing", "give a share such as 0.2"
        )
    form = form or Form()
    whole = _checked(read(source, form, split="train", limit=limit), form, classes)
    known = classes or _class_count(whole)
    kept, held = _split(whole, validation, seed)
    parts = [whole.take(kept), whole.take(held)]
    if test is not None or source in builtin_names():
        parts.append(_checked(read(test or source, form, split="test", limit=limit), form, known))
    last = parts[2] if len(parts) > 2 else None
    return Dataset(source, parts[0], parts[1], last, whole.labels, _hash(parts, whole.labels))


def _checked(data: Samples, form: Form, known: int = 0) -> Samples:
    """Samples as float32 in the form's shape, their classes in range."""
    if not len(data):
        raise InputError(f"{data.origin} has no samples", "give 100 or more")
    _check.require_floats(data)
    shaped = data.x if form.shape is None else _check.in_shape(data, form.shape)
    x = _check.finite(data, shaped)
    count = known or _class_count(data)
    y = None if data.y is None else _check.classes(data, count)
    return replace(data, x=x, y=y)


def _class_count(data: Samples) -> int:
    if data.y is None:
        return 0
    return len(data.labels) or int(data.y.max()) + 1


def _split(data: Samples, share: float, seed: int) -> tuple[Array, Array]:
    """Positions for training and for validation, each class by its share, both shuffled."""
    random = np.random.default_rng(seed)
    y = np.zeros(len(data), np.int64) if data.y is None else data.y
    held: list[Array] = []
    for each in np.unique(y):
        members = random.permutation(np.flatnonzero(y == each))
        held.append(members[: round(len(members) * share)])
    validation = random.permutation(np.concatenate(held))
    train = random.permutation(np.setdiff1d(np.arange(len(data)), validation))
    if not len(train) or not len(validation):
        raise InputError(
            f"{data.origin}: {len(data)} samples are too few to keep {share:g} of them for "
            "validation",
            "give more samples, or another share",
        )
    return train, validation


def _hash(parts: list[Samples], labels: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for array in (part.x, np.zeros(0, np.int64) if part.y is None else part.y):
            digest.update(f"{array.dtype.newbyteorder('<').str}{array.shape}".encode())
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            digest.update(np.ascontiguousarray(little).data)
    digest.update("\n".join(labels).encode())
    return digest.hexdigest()

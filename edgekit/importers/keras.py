"""Keras 3 model files (`.keras`)."""

from __future__ import annotations

import zipfile
from pathlib import Path

from edgekit import models
from edgekit.errors import InputError
from edgekit.importers import _files, _keras_model
from edgekit.importers._model import FloatModel

DESCRIPTION = "a Keras 3 model (.keras)"
NEEDS_TENSORFLOW = True

_HINT = "write it with model.save('NAME.keras')"


def accepts(source: str) -> bool:
    """Whether the name ends in .keras."""
    return source.lower().endswith(".keras")


def check(source: str) -> None:
    """Refuse what is no whole .keras archive.

    Raises:
        InputError: not there, empty, cut off, or an archive of something else.
    """
    path = Path(source)
    _files.expect_magic(path, b"PK", "a Keras 3 model", _HINT)
    try:
        with zipfile.ZipFile(path) as archive:
            missing = {"config.json", "model.weights.h5"} - set(archive.namelist())
            broken = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        # The last two: a compression that zipfile doesn't know, a member with a password.
        raise InputError(f"{path} is damaged or cut off: {error}", _HINT) from error
    if missing:
        raise InputError(f"{path} is no Keras 3 model: {', '.join(sorted(missing))} missing", _HINT)
    if broken is not None:
        raise InputError(f"{path} is damaged: {broken} has a wrong checksum", _HINT)


def load(source: str) -> FloatModel:
    """Load and freeze the model; see `_keras_model` for what is refused."""
    check(source)
    model = models.load_keras(Path(source))
    return _keras_model.to_float_model(model, Path(source).stem, source)

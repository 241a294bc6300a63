"""Folders of `edgekit train`."""

from __future__ import annotations

import json
from pathlib import Path

from edgekit import models
from edgekit.errors import InputError
from edgekit.importers import _keras_model, keras
from edgekit.importers._model import FloatModel

DESCRIPTION = "a folder that `edgekit train` made"
NEEDS_TENSORFLOW = True

MODEL = "model.keras"
_RECORD = "run.json"


def accepts(source: str) -> bool:
    """Whether it is a folder with the record of a training in it."""
    return (Path(source) / _RECORD).is_file()


def check(source: str) -> None:
    """Refuse a training that has not ended (InputError), and a damaged model."""
    path = Path(source) / MODEL
    if not path.is_file():
        raise InputError(
            f"the training in {source} has not ended", f"edgekit train --resume {source}"
        )
    keras.check(str(path))


def load(source: str) -> FloatModel:
    """Load and freeze the model; see `_keras_model` for what is refused."""
    check(source)
    model = models.load_keras(Path(source) / MODEL)
    return _keras_model.to_float_model(model, Path(source).resolve().name, source)


def data(source: str) -> str | None:
    """What the network was trained on, as its user wrote it; None where the record has none."""
    try:
        record = json.loads((Path(source) / _RECORD).read_text(encoding="utf-8"))
        return str(record["config"]["data"]["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

"""Finished TensorFlow Lite models (`.tflite`); read without TensorFlow."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import InputError
from edgekit.importers import _files
from edgekit.importers._model import TfliteModel

DESCRIPTION = "an int8 TensorFlow Lite model (.tflite)"
NEEDS_TENSORFLOW = False

_HINT = "give the file that TFLiteConverter.convert() returned, whole"
_LARGEST = 256 << 20  # far above any microcontroller; keeps a wrong file out of memory


def accepts(source: str) -> bool:
    """Whether the name ends in .tflite or .lite."""
    return source.lower().endswith((".tflite", ".lite"))


def check(source: str) -> None:
    """Refuse what has no TFLite identifier.

    Raises:
        InputError: not there, empty, or something else.
    """
    path = Path(source)
    start = _files.read_start(path, 8)
    if not start:
        raise InputError(f"{path} is empty", _HINT)
    if start[4:8] != b"TFL3":
        raise InputError(f"{path} is no TensorFlow Lite model", _HINT)
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is larger than {_LARGEST >> 20} MB", "is it the right file?")


def load(source: str) -> TfliteModel:
    """Read the file; its contents are checked by the compiler's reader."""
    check(source)
    path = Path(source)
    try:
        return TfliteModel(path.stem, path.read_bytes())
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}", "check the path") from error

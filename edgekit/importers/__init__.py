"""Sources of models, one format a file; a file put here is found by itself.

A module of this package has:

- `DESCRIPTION`: what it accepts, for lists and errors;
- `NEEDS_TENSORFLOW`: whether `load` imports TensorFlow;
- `accepts(source)`: whether the source looks like this format, by name alone or by a folder's
  contents; cheap, and no two modules answer yes;
- `check(source)`: refuses a source that can't be right before TensorFlow is started;
- `load(source)`: a `FloatModel` to quantize, or a `TfliteModel` that is finished.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from edgekit import registry
from edgekit.errors import InputError
from edgekit.importers import training_run
from edgekit.importers._model import BatchNormProbe, FloatModel, TfliteModel, ValueRange

__all__ = [
    "BatchNormProbe",
    "FloatModel",
    "TfliteModel",
    "ValueRange",
    "file_of",
    "find",
    "model_name",
    "training_run",
]

_PACKAGE = "edgekit.importers"


def find(source: str) -> ModuleType:
    """The importer for a source: a path or a `zoo:` URL.

    Raises:
        InputError: the source isn't there, or no importer knows its format.
    """
    modules = registry.load_all(_PACKAGE)
    for module in modules.values():
        if module.accepts(source):
            return module
    if not Path(source).exists():
        raise InputError(f"there is no model {source!r}", "check the path; sources: " + _list())
    raise InputError(f"{source!r} is no model that edgekit can read", "sources: " + _list())


def file_of(source: str) -> str:
    """The file that has the network: of a folder of `edgekit train` its model.keras."""
    folder = Path(source)
    return str(folder / training_run.MODEL) if training_run.accepts(source) else source


def model_name(source: str) -> str:
    """A name for the model from its source: a file's stem, or the zoo's architecture."""
    if source.startswith("zoo:"):
        return source.removeprefix("zoo:").partition("?")[0]
    path = Path(source)
    return path.resolve().name if path.is_dir() else path.stem


def _list() -> str:
    return "; ".join(m.DESCRIPTION for m in registry.load_all(_PACKAGE).values())

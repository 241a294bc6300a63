"""Finds the module that reads a source."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from edgekit import registry
from edgekit.datasets import builtin
from edgekit.datasets._samples import Form, Samples
from edgekit.errors import InputError

_PACKAGE = "edgekit.datasets"
FORMATS = (
    "an .npz (array x), an .npy, a .csv, a folder of images or of .wav files, or a built-in set"
)


def check(source: str) -> None:
    """Refuse a source that isn't there, without reading it.

    Raises:
        InputError: neither a set's name, nor a folder, nor a file of a known kind.
    """
    _find(source)


def raw(source: str) -> str:
    """What raw data a source has: "audio", "image" or "vector"; else it has arrays, and "".

    Raises:
        InputError: see `check`.
    """
    return str(_find(source).RAW)


def read(
    source: str, form: Form | None = None, *, split: str = "train", limit: int | None = None
) -> Samples:
    """Read samples, evenly spread over the source when it has more than `limit`.

    Args:
        source: see `FORMATS`.
        form: what they are to look like; as the source has them by default. Pictures and
            recordings are fitted to its shape, arrays and tables are returned as they are.
        split: "train" or "test", for built-in sets; other sources have one part.
        limit: the most samples to return.

    Raises:
        InputError: not there, damaged, or pictures for a model whose input is none.
        ToolError: a package that reads them is not installed.
    """
    module = _find(source)
    found: Samples = module.read(source, form or Form(), split, limit)
    return found


def _find(source: str) -> ModuleType:
    for module in registry.load_all(_PACKAGE).values():
        if module.accepts(source):
            return module
    path = Path(source)
    if path.exists():
        raise InputError(f"can't read data from {source!r}", f"give {FORMATS}")
    if not path.suffix and len(path.parts) == 1:
        raise registry.unknown("built-in data set", source, builtin.names())
    raise InputError(f"there is no data {source!r}", f"give {FORMATS}")

"""Reads samples: .npz, .npy, a folder of images, or a built-in set by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgekit import datafile, registry
from edgekit.convert import sets
from edgekit.convert._data import DataSet, Picture, evenly
from edgekit.errors import InputError, ToolError
from edgekit.ir.tensor import Array

FORMATS = "an .npz (array x), an .npy, a folder of images, or a built-in set"
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm"})


def check(source: str) -> None:
    """Refuse a source that isn't there, without reading it.

    Raises:
        InputError: neither a set's name, nor a folder, nor an .npz or .npy file.
    """
    path = Path(source)
    if source in sets.names() or path.is_dir():
        return
    if not path.exists():
        if not path.suffix and len(path.parts) == 1:
            raise registry.unknown("built-in data set", source, sets.names())
        raise InputError(f"there is no data {source!r}", f"give {FORMATS}")
    if path.suffix.lower() not in {".npz", ".npy"}:
        raise InputError(f"can't read data from {source!r}", f"give {FORMATS}")


def load(source: str, picture: Picture | None, *, split: str, limit: int) -> DataSet:
    """Read samples, evenly spread over the source when it has more than `limit`.

    Args:
        source: see `FORMATS`.
        picture: what the model wants a picture to be; None if its input is no picture.
        split: "train" or "test", for built-in sets.
        limit: the most samples to return.

    Raises:
        InputError: not there, damaged, or pictures for a model whose input is none.
        ToolError: a package that reads them is not installed.
    """
    check(source)
    if source in sets.names() or Path(source).is_dir():
        if picture is None:
            raise InputError(
                f"the model's input is no picture, so {source!r} doesn't fit it",
                "give the samples as an .npz with the model's input shape",
            )
        if source in sets.names():
            return sets.load(source, split, picture, limit)
        return _images(Path(source), picture, limit)
    file = datafile.read(Path(source))
    return _spread(DataSet(source, file.x, file.y, file.labels, len(file.x)), limit)


def _spread(data: DataSet, limit: int) -> DataSet:
    keep = evenly(len(data.x), limit)
    y = None if data.y is None else data.y[keep]
    return DataSet(data.origin, data.x[keep], y, data.labels, len(data.x))


def _images(folder: Path, picture: Picture, limit: int) -> DataSet:
    """Pictures below a folder; folders in it, if there are any, are the classes."""
    try:
        import PIL.Image  # noqa: F401 - a clear error before the first file is opened
    except ImportError as error:
        raise ToolError("images need Pillow", "pip install pillow") from error
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _IMAGES and p.is_file())
    if not files:
        raise InputError(f"{folder} has no images", f"known: {', '.join(sorted(_IMAGES))}")
    kept = [files[i] for i in evenly(len(files), limit)]
    x = np.stack([_image(path, picture) for path in kept])
    parts = [path.relative_to(folder).parts for path in files]
    labels = tuple(sorted({p[0] for p in parts})) if all(len(p) > 1 for p in parts) else ()
    y = None
    if labels:
        y = np.array([labels.index(path.relative_to(folder).parts[0]) for path in kept])
    return DataSet(str(folder), x, y, labels, len(files))


def _image(path: Path, picture: Picture) -> Array:
    """One picture, resized (bilinear), from black = low to white = high; float32."""
    from PIL import Image

    height, width, channels = picture.shape
    try:
        with Image.open(path) as image:
            colour: Any = image.convert("L" if channels == 1 else "RGB")
            pixels = np.asarray(colour.resize((width, height), Image.Resampling.BILINEAR))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"{path} is no readable image: {error}", "remove or replace it") from error
    scaled = pixels.astype(np.float32) / 255.0 * (picture.high - picture.low) + picture.low
    return np.ascontiguousarray(scaled.reshape(height, width, channels), np.float32)

"""Reads samples: .npz, .npy, a folder of images, or a built-in set by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import registry
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
    return _spread(_arrays(Path(source)), limit)


def _spread(data: DataSet, limit: int) -> DataSet:
    keep = evenly(len(data.x), limit)
    y = None if data.y is None else data.y[keep]
    return DataSet(data.origin, data.x[keep], y, data.labels, len(data.x))


def _arrays(path: Path) -> DataSet:
    """Array x (or the only one), and y and labels where there are such."""
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            arrays: dict[str, Array] = {"x": loaded}
        else:
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} can't be read: {reason}", "write it with numpy.savez(FILE, x=samples)"
        ) from error
    names = [name for name in arrays if name not in {"y", "labels"}]
    if "x" not in arrays and len(names) != 1:
        listed = ", ".join(sorted(arrays)) or "nothing"
        raise InputError(
            f"{path} has no array x, and more or less than one other", f"it has: {listed}"
        )
    x = arrays["x"] if "x" in arrays else arrays[names[0]]
    if x.ndim == 0:
        raise InputError(f"{path}: the array is a single number", "give samples (n, ...)")
    labels = tuple(str(label) for label in arrays.get("labels", np.array([])).ravel())
    return DataSet(str(path), x, _classes(path, arrays.get("y"), len(x)), labels, len(x))


def _classes(path: Path, y: Array | None, count: int) -> Array | None:
    """Class numbers from numbers or one-hot rows."""
    if y is None:
        return None
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2:
        y = y.argmax(axis=1)
    if y.ndim != 1 or len(y) != count:
        raise InputError(
            f"{path}: y has the shape {y.shape} for {count} samples", "y is one class per sample"
        )
    if y.dtype.kind not in "iub" and not (y.dtype.kind == "f" and np.all(y == np.round(y))):
        raise InputError(f"{path}: y is {y.dtype}, not class numbers", "y is one class per sample")
    return y.astype(np.int64)


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

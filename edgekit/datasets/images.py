"""A folder of images; folders in it, if there are any, are the classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgekit.datasets import _folders
from edgekit.datasets._memory import check_room
from edgekit.datasets._samples import Array, Form, Samples
from edgekit.datasets.wav import SUFFIXES as _RECORDINGS
from edgekit.errors import InputError, ToolError

DESCRIPTION = "a folder of images, one folder per class in it"
RAW = "image"
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm"})


def accepts(source: str) -> bool:
    """Whether it is a folder that is not one of recordings."""
    folder = Path(source)
    if not folder.is_dir():
        return False
    return _folders.has(folder, SUFFIXES) or not _folders.has(folder, _RECORDINGS)


def read(source: str, form: Form, _split: str, limit: int | None) -> Samples:
    """The pictures, float32 (n, height, width, channels).

    Either the form makes them of their pixels, or they go from low, black, to high, white, and
    are resized (bilinear) to the form's shape. Without one they stay as they are, and are grey if
    all of them are.

    Raises:
        InputError: no images, a damaged one, or without a shape, images of mixed sizes,
            or more than the memory holds.
        ToolError: Pillow is not installed.
    """
    try:
        import PIL.Image  # noqa: F401 - where it is missing, that is said before a file is opened
    except ImportError as error:
        raise ToolError("images need Pillow", "pip install pillow") from error
    shape = form.picture(source)
    found = _folders.listing(Path(source), SUFFIXES, limit)
    if not found.files:
        raise InputError(f"{source} has no images", f"known: {', '.join(sorted(SUFFIXES))}")
    if shape is None:
        shape = _common_shape(found.files)
    check_room(source, len(found.files), shape)
    x = np.empty((len(found.files), *shape), np.float32)
    if form.pixels is not None:
        for position, path in enumerate(found.files):
            x[position] = form.pixels(_opened(path, "RGB"))
        return Samples(source, x, found.y, found.labels, found.total)
    for position, path in enumerate(found.files):
        x[position] = _fitted(path, shape)
    x *= np.float32((form.high - form.low) / 255.0)
    x += np.float32(form.low)
    return Samples(source, x, found.y, found.labels, found.total)


def _common_shape(files: tuple[Path, ...]) -> tuple[int, int, int]:
    """The one size of all images, and 1 channel if all are grey."""
    first, channels = _header(files[0])
    for path in files[1:]:
        size, more = _header(path)
        channels = max(channels, more)
        if size != first:
            raise InputError(
                f"images of mixed sizes: {files[0]} is {first[0]}x{first[1]}, {path} is "
                f"{size[0]}x{size[1]} pixels",
                "resize them to one size, or say what the model takes (its input shape)",
            )
    return first[1], first[0], channels


def _header(path: Path) -> tuple[tuple[int, int], int]:
    """Width, height and channels, without reading the pixels."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            return image.size, 1 if image.mode in {"1", "L", "I", "I;16", "F"} else 3
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(path, error) from error


def _fitted(path: Path, shape: tuple[int, int, int]) -> Array:
    """One picture in its size, 0 to 255."""
    height, width, channels = shape
    pixels = _opened(path, "L" if channels == 1 else "RGB", (width, height))
    return pixels.reshape(shape).astype(np.float32)


def _opened(path: Path, mode: str, size: tuple[int, int] | None = None) -> Array:
    """One picture's pixels, uint8, resized (bilinear) to width and height if they are given."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            colour: Any = _eight_bits(image).convert(mode)
            if size is not None:
                colour = colour.resize(size, Image.Resampling.BILINEAR)
            return np.asarray(colour)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(path, error) from error


def _eight_bits(image: Any) -> Any:
    """Grey of 16 bits as its upper 8: Pillow's own conversion makes all above 255 white."""
    from PIL import Image

    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is no readable image: {error}", "remove or replace it")

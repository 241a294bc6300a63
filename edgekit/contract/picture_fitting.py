"""Pictures of any size to a model's size and colours, in integers: the twin of the C.

Plain NumPy and no import of the package, so that `convert` writes this very file into a project.
"""

from __future__ import annotations

import numpy as np

#: Weights of red, green and blue in grey, of 256 (ITU-R BT.601).
GREY = (77, 150, 29)


def fit(picture: np.ndarray, height: int, width: int, colours: str, resize: str) -> np.ndarray:
    """A picture as the model's table look-up takes it.

    Args:
        picture: (any height, any width, 3) uint8: red, green, blue.
        height: of the model's input.
        width: likewise.
        colours: `rgb`, `bgr` or `grey`.
        resize: `nearest`, or `area`: the rounded mean of the pixels that each one covers.

    Returns:
        (height, width, channels) int64, 0 to 255.
    """
    pixels = _area(picture, height, width) if resize == "area" else _nearest(picture, height, width)
    if colours == "grey":
        return np.asarray((pixels @ np.array(GREY) + 128)[:, :, None] >> 8)
    return pixels[:, :, ::-1] if colours == "bgr" else pixels


def _nearest(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    rows = (2 * np.arange(height) + 1) * picture.shape[0] // (2 * height)
    columns = (2 * np.arange(width) + 1) * picture.shape[1] // (2 * width)
    return np.asarray(picture[rows][:, columns], np.int64)


def _area(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Differences of sums over rows and columns; exact, as they are integers."""
    sums = np.zeros((picture.shape[0] + 1, picture.shape[1] + 1, 3), np.int64)
    sums[1:, 1:] = picture.astype(np.int64).cumsum(axis=0).cumsum(axis=1)
    top, bottom = _spans(picture.shape[0], height)
    left, right = _spans(picture.shape[1], width)
    below, above = sums[bottom], sums[top]
    found = below[:, right] - below[:, left] - above[:, right] + above[:, left]
    count = ((bottom - top)[:, None] * (right - left))[:, :, None]
    return np.asarray((found + count // 2) // count)


def _spans(size: int, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """First and one past the last pixel that each of the model's covers."""
    first = np.arange(wanted) * size // wanted
    return first, np.maximum(np.arange(1, wanted + 1) * size // wanted, first + 1)

"""Limits that architectures share: each function says what is wrong, or None."""

from __future__ import annotations

import math

MOST_CLASSES = 10_000


def classes(value: int) -> str | None:
    """At least two classes."""
    return between("classes", value, 2, MOST_CLASSES)


def between(name: str, value: float, low: float, high: float) -> str | None:
    """A number in a range."""
    if math.isfinite(value) and low <= value <= high:
        return None
    return f"{name} must lie in {low:g} to {high:g}, not {value:g}"


def picture(shape: tuple[int, ...], smallest: int) -> str | None:
    """Height, width and channels of an image."""
    if len(shape) != 3:
        return f"input must be HEIGHTxWIDTHxCHANNELS, not {len(shape)} numbers"
    if min(shape[:2]) < smallest:
        return f"input must be at least {smallest}x{smallest}"
    if max(shape[:2]) > 1024 or shape[2] > 64:
        return "input may be 1024x1024 with 64 channels at most"
    return None


def first(*findings: str | None) -> str | None:
    """The first thing that is wrong."""
    return next((finding for finding in findings if finding is not None), None)

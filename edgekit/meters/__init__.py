"""Instruments that measure a board's current: one a file, each with `open_meter(where, settings)`.

A meter is used in a `with` block, which configures it and, where it supplies the board, switches
the supply on and off; between `start` and `stop` it samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from edgekit import registry
from edgekit.meters._model import Accuracy, Capture, Meter, MeterError, Settings, checked

__all__ = [
    "Accuracy",
    "Capture",
    "Meter",
    "MeterError",
    "Settings",
    "checked",
    "names",
    "open_meter",
]

_FILES = (".csv", ".npz")


def names() -> list[str]:
    """The meters that are known, sorted."""
    return registry.names(__name__)


def open_meter(text: str, settings: Settings) -> Meter:
    """A meter by its name and place, or a file that one recorded.

    Args:
        text: `NAME`, `NAME:WHERE` (a port, a serial number, an address), or the path of a .csv or
            .npz file.
        settings: how it is connected.

    Raises:
        InputError: there is no such meter (the nearest name is offered), or no such file.
        ToolError: its Python package is not installed.
    """
    if Path(text).suffix.lower() in _FILES and text.partition(":")[0] not in names():
        text = f"recording:{text}"
    name, _, where = text.partition(":")
    module = registry.load(__name__, name, "meter")
    return cast("Meter", module.open_meter(where, settings))

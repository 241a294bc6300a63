"""Finds the two data folders, targets/ and firmware_templates/, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """The folder `targets` or `firmware_templates`.

    A wheel carries both below `edgekit/_data`; a checkout has them beside the package.

    Raises:
        InputError: neither place has it: the installation is incomplete.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise InputError(f"the data folder {name!r} is missing", "reinstall edgekit")


def targets_folder() -> Path:
    """Cores, SoCs and boards as data."""
    return data_folder("targets")


def templates_folder() -> Path:
    """The chip-free C: kernels, harness, start-up and project files."""
    return data_folder("firmware_templates")

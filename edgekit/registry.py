"""Families of things are folders: a module put into a package is its registration."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from edgekit.errors import InputError


def names(package: str) -> list[str]:
    """The public modules of a package, sorted; a leading underscore keeps a module out."""
    path = importlib.import_module(package).__path__
    return sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_"))


def load(package: str, name: str, what: str = "") -> ModuleType:
    """Import one member of a family.

    Args:
        package: the family, e.g. `edgekit.ops`; a package passes its own `__package__`.
        name: the member's module name.
        what: the family's word in the error, e.g. "emulator".

    Raises:
        InputError: there is no such member; the message offers the nearest name.
    """
    known = names(package)
    if name not in known:
        raise unknown(what or package.rpartition(".")[2], name, known)
    return importlib.import_module(f"{package}.{name}")


def load_all(package: str) -> dict[str, ModuleType]:
    """Import every member of a family, by name."""
    return {name: importlib.import_module(f"{package}.{name}") for name in names(package)}


def unknown(what: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that nothing has: offers the nearest one and lists the rest."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.4)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return InputError(f"unknown {what} {name!r}", f"{guess}known: {', '.join(choices) or 'none'}")

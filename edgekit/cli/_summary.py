"""The first line of a module's text, read without importing the module."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from edgekit import registry


@functools.cache
def docstring(path: Path) -> str:
    """A Python file's docstring; empty where it has none."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def summaries(package: str, folder: Path) -> dict[str, str]:
    """What each member of a family is, by name, in one line.

    Importing a family to list it would cost what `--help` has no time for.

    Args:
        package: the family, e.g. `edgekit.cli`.
        folder: where its modules are.
    """
    return {name: _first_line(folder, name) for name in registry.names(package)}


def _first_line(folder: Path, name: str) -> str:
    module = folder / f"{name}.py"
    path = module if module.exists() else folder / name / "__init__.py"
    return docstring(path).partition("\n")[0].removesuffix(".")

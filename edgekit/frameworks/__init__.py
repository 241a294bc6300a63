"""The generated C as a library of an ecosystem: one framework a file.

Every module has:

- `TITLE`: its name for people;
- `SOURCES`: the folder in which the ecosystem wants the C files;
- `FILES`: what it wants beside them: path (`{name}` is the model's) -> template below
  firmware_templates/frameworks/<module>.
"""

from __future__ import annotations

from typing import Protocol, cast

import jinja2

from edgekit import registry, resources
from edgekit.frameworks._library import Library, needed

__all__ = ["Framework", "Library", "find", "names", "needed", "tree"]


class Framework(Protocol):
    """What every module of this package offers."""

    TITLE: str
    SOURCES: str
    FILES: dict[str, str]


def names() -> list[str]:
    """Every framework, as on the command line, sorted."""
    return [name.replace("_", "-") for name in registry.names(__name__)]


def find(name: str) -> Framework:
    """A framework by its name on the command line.

    Raises:
        InputError: there is none of this name; the nearest one is offered.
    """
    module = name.replace("-", "_")
    if module not in registry.names(__name__):
        raise registry.unknown("framework", name, names())
    return cast(Framework, registry.load(__name__, module, "framework"))


def tree(name: str, library: Library) -> dict[str, str]:
    """The library's folder.

    Args:
        name: the framework.
        library: the model's C files.

    Returns:
        Text by path.

    Raises:
        InputError: there is no such framework.
    """
    framework = find(name)
    root = resources.templates_folder() / "frameworks"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # this is C and CMake, not HTML
    )
    folder = name.replace("-", "_")
    values = {"library": library, "src": framework.SOURCES, "title": framework.TITLE}
    found = {f"{framework.SOURCES}/{path}": text for path, text in library.sources}
    templates = {path: f"{folder}/{template}" for path, template in framework.FILES.items()}
    templates["README.md"] = "README.md.j2"
    for path, template in templates.items():
        text = environment.get_template(template).render(values)
        found[path.replace("{name}", library.name)] = text
    return dict(sorted(found.items()))

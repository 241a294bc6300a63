"""A compiled model as a library of a framework, see edgekit/frameworks."""

from __future__ import annotations

from collections.abc import Mapping

from edgekit import frameworks
from edgekit.codegen import ports
from edgekit.compiler import Compiled


def library_tree(
    framework: str | None, compiled: Compiled, firmware: Mapping[str, str]
) -> dict[str, str]:
    """The library's folder.

    Args:
        framework: its name; None for no library.
        compiled: the model.
        firmware: all of the project's text by path.

    Returns:
        Text by path, below `<framework>/<model>/`.

    Raises:
        InputError: there is no such framework.
    """
    if framework is None:
        return {}
    name, target = compiled.code.name, compiled.target
    found = ports(compiled.code)
    library = frameworks.Library(
        name,
        frameworks.needed(firmware, name),
        tuple((p.symbol, p.tensor.size) for p in found if p.direction == "input"),
        tuple((p.symbol, p.tensor.size) for p in found if p.direction == "output"),
        target.board.title,
        target.core.flags,
    )
    tree = frameworks.tree(framework, library)
    return {f"{framework}/{name}/{path}": text for path, text in tree.items()}

"""The C files of a model, and of the runtime what they include: no console, no port."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"', re.MULTILINE)
_HEADERS = "include/"


@dataclass(frozen=True, slots=True)
class Library:
    """A model as a library.

    Attributes:
        name: the model's C name.
        sources: (path, text); the folder they lie in is the only one to include from.
        inputs: (the function that returns its address, how many values) of each.
        outputs: likewise.
        board: title of the board that the kernels were chosen for.
        flags: the compiler's flags of its core.
    """

    name: str
    sources: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, int], ...]
    outputs: tuple[tuple[str, int], ...]
    board: str
    flags: tuple[str, ...]

    @property
    def c_files(self) -> list[str]:
        """Paths of what is to be compiled."""
        return [path for path, _ in self.sources if path.endswith(".c")]

    @property
    def upper(self) -> str:
        """The name in capitals, for macros."""
        return self.name.upper()


def needed(firmware: Mapping[str, str], name: str) -> tuple[tuple[str, str], ...]:
    """The model's files of a firmware, with the headers that they include.

    Args:
        firmware: text by path, as `convert` writes it.
        name: the model's C name.

    Returns:
        (path, text): headers of include/ at the top, the rest where it was, and `<name>.h` on
        top, which includes the model's.
    """
    todo = [path for path in firmware if path.startswith((f"models/{name}/", "frontend/"))]
    found: dict[str, str] = {}
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found[path] = firmware[path]
        for include in _INCLUDE.findall(firmware[path]):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), include))
            places = (beside, include, _HEADERS + include)
            todo += [place for place in places if place in firmware][:1]
    sources = {path.removeprefix(_HEADERS): text for path, text in found.items()}
    sources[f"{name}.h"] = (
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        f'#include "models/{name}/{name}.h" /* IWYU pragma: export */\n'
    )
    return tuple(sorted(sources.items()))

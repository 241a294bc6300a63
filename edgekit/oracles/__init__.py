"""Who says what the right answer is: one oracle a file.

An oracle's module has:

- `TITLE`: its name in reports;
- `unavailable()`: why it can't be used here, or None;
- `run(model, graph, samples)`: an iterator with one list of arrays per sample, the output of
  every op of `graph` in order. `model` is the .tflite that `graph` was read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from edgekit import registry
from edgekit.ir import Graph
from edgekit.ir.tensor import Array

__all__ = ["Oracle", "available", "find"]

Sample = Sequence[Array]


class Oracle(Protocol):
    """What every module of this package offers."""

    TITLE: str

    def unavailable(self) -> str | None:
        """Why it can't be used here."""

    def run(self, model: bytes, graph: Graph, samples: Sequence[Sample]) -> Iterator[list[Array]]:
        """Every op's output, sample by sample."""


def find(name: str) -> Oracle:
    """An oracle by its name.

    Raises:
        InputError: there is none of this name.
    """
    return cast(Oracle, registry.load(__name__, name, "oracle"))


def available() -> list[str]:
    """The oracles that can be used here, the most trusted (TFLite Micro itself) first."""
    usable = [name for name in registry.names(__name__) if find(name).unavailable() is None]
    return sorted(usable, key=lambda name: (name != "tflm", name))

"""A model's constant arrays on their way into C; equal ones are stored once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from edgekit.codegen import _text
from edgekit.ir.tensor import Array


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A constant array with its C name, and what it is to each op that uses it."""

    symbol: str
    uses: tuple[str, ...]
    data: Array

    @property
    def comment(self) -> str:
        """The text of the C comment above it."""
        return "\n * ".join(self.uses)

    @property
    def c_type(self) -> str:
        """The C type of an element."""
        return "float" if self.data.dtype == np.float32 else f"{self.data.dtype}_t"

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.data.size

    @property
    def rows(self) -> list[str]:
        """The elements, in lines of C."""
        return _text.rows(self.data)


class Constants:
    """The constants of one model, in the order in which they came."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, bytes], Constant] = {}

    def add(self, symbol: str, use: str, data: Array) -> str:
        """Add an array, unless there is one of the same type and bytes.

        Args:
            symbol: its C name, if it is new.
            use: what it is, for the comment.
            data: contents.

        Returns:
            The C name under which it is there.
        """
        key = data.dtype.str, data.tobytes()
        known = self._found.get(key)
        if known is None:
            self._found[key] = Constant(symbol, (use,), data)
            return symbol
        self._found[key] = dataclasses.replace(known, uses=(*known.uses, use))
        return known.symbol

    @property
    def arrays(self) -> list[Constant]:
        """What has to be written."""
        return list(self._found.values())

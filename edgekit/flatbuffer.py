"""A bounds-checked reader of flatbuffer tables.

The format is described at https://flatbuffers.dev/internals. Generated readers trust their
input: a damaged length makes them loop or allocate without end. Here every access is checked
against the buffer first, so that a damaged file ends in an error that says where.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgekit.errors import InputError


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a flatbuffer; fields are named by their position in the schema.

    Every method raises InputError where the file ends too early or points outside itself.
    """

    buffer: bytes
    position: int

    def _field(self, field: int) -> int:
        """Absolute position of a field, 0 if the table leaves it out."""
        vtable = self.position - _read(self.buffer, "<i", self.position)
        size = _read(self.buffer, "<H", vtable)
        slot = 4 + 2 * field
        if slot + 2 > size:
            return 0
        offset = _read(self.buffer, "<H", vtable + slot)
        return self.position + offset if offset else 0

    def scalar(self, field: int, fmt: str, default: Any = 0) -> Any:
        """A number; `fmt` is its struct letter (b, B, h, H, i, I, q, Q, f, d, ?)."""
        at = self._field(field)
        return _read(self.buffer, "<" + fmt, at) if at else default

    def int8(self, field: int, default: int = 0) -> int:
        """A signed byte, the type of most of TFLite's enums."""
        return int(self.scalar(field, "b", default))

    def int32(self, field: int, default: int = 0) -> int:
        """A 32-bit integer."""
        return int(self.scalar(field, "i", default))

    def float32(self, field: int, default: float = 0.0) -> float:
        """A 32-bit float."""
        return float(self.scalar(field, "f", default))

    def boolean(self, field: int, default: bool = False) -> bool:
        """A truth value."""
        return bool(self.scalar(field, "B", default))

    def table(self, field: int) -> Table | None:
        """A nested table, or the value of a union; None if left out."""
        at = self._field(field)
        return Table(self.buffer, _follow(self.buffer, at)) if at else None

    def _vector(self, field: int, itemsize: int) -> tuple[int, int] | None:
        at = self._field(field)
        if not at:
            return None
        start = _follow(self.buffer, at)
        length = int(_read(self.buffer, "<I", start))
        if start + 4 + length * itemsize > len(self.buffer):
            raise _damaged(start)
        return start + 4, length

    def array(self, field: int, dtype: str) -> npt.NDArray[Any] | None:
        """A vector of numbers as a read-only view, e.g. dtype `<i4`; None if left out."""
        kind = np.dtype(dtype)
        found = self._vector(field, kind.itemsize)
        if found is None:
            return None
        return np.frombuffer(self.buffer, kind, count=found[1], offset=found[0])

    def place(self, field: int) -> tuple[int, int] | None:
        """Where the bytes of a vector of bytes begin and end in the buffer; None if left out."""
        found = self._vector(field, 1)
        return None if found is None else (found[0], found[0] + found[1])

    def tables(self, field: int) -> list[Table]:
        """A vector of tables; empty if left out."""
        found = self._vector(field, 4)
        if found is None:
            return []
        start, length = found
        return [Table(self.buffer, _follow(self.buffer, start + 4 * i)) for i in range(length)]

    def text(self, field: int, default: str = "") -> str:
        """A string; bytes that are not UTF-8 are replaced."""
        data = self.array(field, "u1")
        return default if data is None else data.tobytes().decode("utf-8", "replace")


def root(buffer: bytes, identifier: bytes) -> Table:
    """The root table of a flatbuffer.

    Raises:
        InputError: the buffer is too short or has another file identifier.
    """
    if len(buffer) < 8 or buffer[4:8] != identifier:
        raise InputError(f"the file has no {identifier.decode()} flatbuffer in it")
    return Table(buffer, _follow(buffer, 0))


def _read(buffer: bytes, fmt: str, at: int) -> Any:
    if at < 0 or at + struct.calcsize(fmt) > len(buffer):
        raise _damaged(at)
    return struct.unpack_from(fmt, buffer, at)[0]


def _follow(buffer: bytes, at: int) -> int:
    return at + int(_read(buffer, "<I", at))


def _damaged(at: int) -> InputError:
    return InputError(f"the file is damaged or cut off: nothing sensible at byte {at}")

"""C text: literals, comments and calls laid out as clang-format would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array

COLUMNS = 100


def comment(text: str, limit: int = 60) -> str:
    """Any text as something that can stand in a C comment or string and end neither.

    Keeps printable ASCII; what could end a comment, a string or a line becomes `_`.
    """
    safe = "".join(c if " " <= c <= "~" and c not in '"\\?' else "_" for c in text)
    safe = safe.replace("*/", "*_").replace("/*", "_*").replace("//", "__")
    return safe if len(safe) <= limit else safe[: limit - 3] + "..."


def string(text: str) -> str:
    """Any text as a C string literal; bytes outside of ASCII are written in octal."""
    plain = {ord('"'): '\\"', ord("\\"): "\\\\", ord("?"): "\\?"}
    return (
        '"'
        + "".join(
            plain.get(b, chr(b) if 0x20 <= b <= 0x7E else f"\\{b:03o}") for b in text.encode()
        )
        + '"'
    )


def number(value: Any) -> str:
    """A number as a C literal that has exactly its value.

    Raises:
        UnsupportedError: it fits neither int32 nor float32.
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return float_literal(float(value))
    whole = int(value)
    if not -(2**31) <= whole < 2**31:
        raise UnsupportedError(
            f"the number {whole} does not fit 32 bits", "check that the file is not damaged"
        )
    return "INT32_MIN" if whole == -(2**31) else str(whole)


def float_literal(value: float) -> str:
    """The shortest decimal literal that reads back as this float32."""
    single = np.float32(value)
    if not np.isfinite(single):
        raise UnsupportedError(
            f"the number {value} is not a finite float32", "check that the file is not damaged"
        )
    text = str(single)
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def rows(data: Array, width: int = COLUMNS - 4) -> list[str]:
    """An array's elements, in rows that fit a page."""
    flat = data.reshape(-1)
    words = [float_literal(v) for v in flat] if flat.dtype.kind == "f" else _integers(flat)
    lines: list[str] = []
    line: list[str] = []
    length = 0
    for word in words:
        if length + len(word) + 2 > width and line:
            lines.append(", ".join(line) + ",")
            line, length = [], 0
        line.append(word)
        length += len(word) + 2
    lines.append(", ".join(line) + ",")
    return lines


def _integers(flat: Array) -> list[str]:
    return ["INT32_MIN" if v == -(2**31) else str(v) for v in flat.tolist()]


def call(function: str, arguments: Sequence[str], indent: int, end: str = ");") -> str:
    """A statement that calls a function, broken where clang-format would break it.

    With `void f` and `)` it is a function's head instead.
    """
    lead = " " * indent + function + "("
    lines = [lead]
    for i, argument in enumerate(arguments):
        piece = argument + (end if i == len(arguments) - 1 else ",")
        room = COLUMNS - len(lines[-1]) - len(piece)
        if i == 0:
            lines[-1] += piece
        elif room > 0:
            lines[-1] += " " + piece
        else:
            lines.append(" " * len(lead) + piece)
    return "\n".join(lines)


def shape(dims: Sequence[int]) -> str:
    """[1][49][10], or `scalar`."""
    return "".join(f"[{d}]" for d in dims) or "scalar"

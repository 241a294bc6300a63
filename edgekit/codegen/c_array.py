"""Bytes as a C array in one header, for sketches that carry the .tflite itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from edgekit import registry
from edgekit.codegen.names import identifier
from edgekit.errors import InputError

Style = Literal["edgekit", "tinymlgen"]

_PER_LINE = 12


def emit(data: bytes, symbol: str, style: Style = "edgekit") -> str:
    """The header's text.

    Args:
        data: the contents, at least one byte.
        symbol: the array's name; any text, made a C identifier.
        style: "edgekit": include guard, `const unsigned char SYMBOL[]` aligned to 16 bytes and
            `const unsigned int SYMBOL_len`, valid in C and C++. "tinymlgen": byte for byte what
            tinymlgen 0.2's `port(model, variable_name=SYMBOL)` returns for the same .tflite
            (4-byte alignment, no guard, `const int SYMBOL_len`).

    Raises:
        InputError: no data (C has no empty arrays), or an unknown style.
    """
    if not data:
        raise InputError("a C array needs at least one byte", "is the model empty?")
    if style not in _STYLES:
        raise registry.unknown("C array style", style, _STYLES)
    return _STYLES[style](data, identifier(symbol))


def _edgekit(data: bytes, symbol: str) -> str:
    guard = f"{symbol.upper()}_TFLITE_H"
    lines = [
        "    " + ", ".join(f"0x{byte:02x}" for byte in data[at : at + _PER_LINE])
        for at in range(0, len(data), _PER_LINE)
    ]
    # Two declarations of C++'s `const` at file scope are internal, so the header may be
    # included in several files; `static` gives C the same.
    return "\n".join(
        [
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
            f"/* A TensorFlow Lite model, {len(data)} bytes, aligned as TFLite Micro needs it. */",
            "#if defined(__cplusplus)",
            f"#define {guard}_ALIGN alignas(16)",
            "#else",
            f"#define {guard}_ALIGN _Alignas(16)",
            "#endif",
            "",
            f"{guard}_ALIGN static const unsigned char {symbol}[] = {{",
            ",\n".join(lines),
            "};",
            f"static const unsigned int {symbol}_len = {len(data)};",
            "",
            f"#endif /* {guard} */",
            "",
        ]
    )


def _tinymlgen(data: bytes, symbol: str) -> str:
    """The format is tinymlgen 0.2's (MIT, Simone Salerno): an interface, so kept to the byte."""
    preamble = (
        "\n"
        "#ifdef __has_attribute\n"
        "#define HAVE_ATTRIBUTE(x) __has_attribute(x)\n"
        "#else\n"
        "#define HAVE_ATTRIBUTE(x) 0\n"
        "#endif\n"
        "#if HAVE_ATTRIBUTE(aligned) || (defined(__GNUC__) && !defined(__clang__))\n"
        "#define DATA_ALIGN_ATTRIBUTE __attribute__((aligned(4)))\n"
        "#else\n"
        "#define DATA_ALIGN_ATTRIBUTE\n"
        "#endif\n"
        "\n"
    )
    values = ", ".join(f"0x{byte:02x}" for byte in data)
    return (
        f"{preamble}const unsigned char {symbol}[] DATA_ALIGN_ATTRIBUTE = {{{values}}};\n"
        f"const int {symbol}_len = {len(data)};"
    )


_STYLES: dict[str, Callable[[bytes, str], str]] = {"edgekit": _edgekit, "tinymlgen": _tinymlgen}

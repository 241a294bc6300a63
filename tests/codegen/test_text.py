"""Text that comes from models can neither break out of a comment nor of a string."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from edgekit import proc
from edgekit.codegen import _text
from edgekit.errors import UnsupportedError

NASTY = [
    "*/ int evil(void); /*",
    'quote " and \\ backslash',
    "new\nline\r\n#include <evil.h>",
    "??/ trigraph ??/\n",
    "// line \\",
    "../../etc/passwd",
    "Größe 大小 \u202e reversed \x00\x07",
    "%s%n${x}{{ m.name }}",
    "",
    "x" * 500,
]


@pytest.mark.parametrize("text", NASTY)
def test_comment_is_inert(text: str) -> None:
    found = _text.comment(text)
    assert len(found) <= 60
    assert re.fullmatch(r"[ -~]*", found)
    for bad in ("*/", "/*", "//", '"', "\\", "?"):
        assert bad not in found


def test_strings_come_back_from_the_compiler(tmp_path: Path) -> None:
    literals = ",\n".join(_text.string(text.replace("\0", "")) for text in NASTY)
    (tmp_path / "strings.c").write_text(
        "#include <stdio.h>\n"
        f"static const char *const all[] = {{{literals}}};\n"
        "int main(void) { for (unsigned i = 0; i < sizeof all / sizeof *all; i++) { fputs(all[i], "
        "stdout); fputc(1, stdout); } return 0; }\n"
    )
    gcc = proc.find("gcc")
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-trigraphs"]
    proc.run([gcc, *flags, tmp_path / "strings.c", "-o", tmp_path / "strings"])
    printed = proc.run([tmp_path / "strings"]).stdout.split("\x01")[:-1]
    # The capture turns \r\n into \n.
    assert printed == [text.replace("\0", "").replace("\r\n", "\n") for text in NASTY]


@pytest.mark.parametrize("value", [0.05, 1.0, 1e-30, 3.4e38, -2.5, 1 / 3, 1e-45, 16777216.0])
def test_float_literals_are_exact(value: float) -> None:
    literal = _text.float_literal(value)
    assert literal.endswith("f")
    assert np.float32(literal[:-1]) == np.float32(value)
    assert re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?f", literal)


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, float("nan"), float("inf")])
def test_numbers_that_c_can_not_hold_are_refused(value: float) -> None:
    with pytest.raises(UnsupportedError):
        _text.number(value)


def test_numbers() -> None:
    assert _text.number(-(2**31)) == "INT32_MIN"
    assert _text.number(np.int32(-7)) == "-7"
    assert _text.number(True) == "true"


def test_rows_hold_every_element_in_order() -> None:
    data = np.arange(-300, 300, dtype=np.int32)
    found = _text.rows(data)
    assert max(map(len, found)) <= 96
    assert [int(v) for v in "".join(found).replace(",", " ").split()] == data.tolist()


def test_call_breaks_lines_at_the_column_limit() -> None:
    text = _text.call("f", [f"argument_{i}" for i in range(20)], 4)
    lines = text.split("\n")
    assert len(lines) > 1
    assert max(map(len, lines)) <= 100
    assert all(line.startswith("      argument") for line in lines[1:])

"""Chip and board names live in targets/ and nowhere else: a new board edits no code."""

import functools
import re
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
CODE = ("edgekit", "firmware_templates", "tools", "Makefile", "CMakeLists.txt")
SUFFIXES = {".py", ".c", ".h", ".S", ".ld", ".cmake", ".txt", ".toml", ".j2", ".md", ".sh", ""}


def squeezed(text: str) -> str:
    """Without case and separators: `stm32f405`, `STM32-F405` and `Stm32_f405` are one name."""
    return re.sub(r"[-_ ]", "", text).lower()


def names() -> set[str]:
    """Names of boards, chips and cores, of emulated machines and of the boards' titles."""
    found = {p.parent.name for p in (ROOT / "targets").glob("*/*/*.toml")}
    found |= {p.stem for p in (ROOT / "targets" / "cores").glob("*.toml")}
    for path in (ROOT / "targets" / "boards").glob("*/board.toml"):
        board = tomllib.loads(path.read_text())
        found.add(board["title"])
        found.add(board.get("emulator", {}).get("machine", path.parent.name))
    return {squeezed(name) for name in found}


def files():
    for part in CODE:
        path = ROOT / part
        inside = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in inside:
            if file.is_file() and file.suffix in SUFFIXES and "__pycache__" not in file.parts:
                yield file


def test_there_are_names():
    assert {"netduinoplus2", "mps2an386", "stm32f405", "cortexm4f"} <= names()


@functools.cache
def texts() -> dict[Path, str]:
    """What is searched. An emulator may be named after the chip that it emulates."""
    found = {file: squeezed(file.read_text()) for file in files()}
    for module in (ROOT / "edgekit" / "emulators").glob("[a-z]*.py"):
        found = {file: text.replace(module.stem, "") for file, text in found.items()}
    return found


@pytest.mark.parametrize("name", sorted(names()))
def test_no_leaks(name):
    leaks = [str(file.relative_to(ROOT)) for file, text in texts().items() if name in text]
    assert not leaks, f"{name!r} belongs below targets/"

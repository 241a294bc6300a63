"""Files stay under 400 lines and functions under 50: what grows beyond is split."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES, FUNCTION_LINES = 400, 50
FOLDERS = ("edgekit", "firmware_templates", "targets", "tools", "tests", "examples")


def sources(*suffixes: str) -> list[Path]:
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in suffixes]
    # Golden trees are generated: as long as the model that they come from.
    return sorted(p for p in found if "golden" not in p.parts and "build" not in p.parts)


@pytest.mark.parametrize("path", sources(".py", ".c", ".h", ".S", ".sh"), ids=lambda p: p.name)
def test_file(path):
    assert len(path.read_text().splitlines()) < FILE_LINES


def code_lines(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end, without the docstring: a contract may be long."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    lines = (function.end_lineno or 0) - function.lineno + 1
    if len(body) < len(function.body):
        text = function.body[0]
        lines -= (text.end_lineno or 0) - text.lineno + 1
    return lines


@pytest.mark.parametrize("path", sources(".py"), ids=lambda p: p.name)
def test_python_functions(path):
    tree = ast.parse(path.read_text())
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    long = {f.name: n for f in functions if (n := code_lines(f)) >= FUNCTION_LINES}
    assert not long, f"{path.relative_to(ROOT)}: split {long}"


@pytest.mark.parametrize("path", sources(".c", ".h"), ids=lambda p: p.name)
def test_c_functions(path):
    # clang-format puts a function's braces, and only those of functions and types, at column 0.
    bodies = re.findall(r"^\{\n(.*?)^\}", path.read_text(), re.DOTALL | re.MULTILINE)
    long = [body.count("\n") for body in bodies if body.count("\n") >= FUNCTION_LINES]
    assert not long, f"{path.relative_to(ROOT)}: functions of {long} lines"

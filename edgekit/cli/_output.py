"""What a verb prints: tables for people or one JSON value for programs, then the next verb."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit.errors import EdgekitError
from edgekit.report import TextTable, printable

if TYPE_CHECKING:
    from rich.console import Console

    from edgekit.harness.system import SystemReport

# Wide enough for the tables where the output goes to a file or a pipe, which have no width.
_PIPE_COLUMNS = 160


def console(*, stderr: bool = False) -> Console:
    """A console without colours where it is no terminal or NO_COLOR is set.

    Nothing printed is taken for markup: names come from models, which anybody can write.
    """
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if terminal else _PIPE_COLUMNS,
    )


def report(data: object, *shown: TextTable | str, as_json: bool, next_verb: str = "") -> None:
    """End a verb: print what it found.

    Args:
        data: what `--json` prints; dataclasses, paths and numpy numbers may be in it.
        shown: what people see instead.
        as_json: whether `--json` was given.
        next_verb: the command that usually follows.
    """
    if as_json:
        print(json.dumps(plain(data), indent=2, allow_nan=False))
        return
    out = console()
    for part in shown:
        if isinstance(part, TextTable):
            out.print(part.rich())
            out.print()
        else:
            out.print(printable(part), soft_wrap=True)
    if next_verb:
        out.print(f"next: {next_verb}", style="bold green", soft_wrap=True)


def system_lines(system: SystemReport | None, where: str = "") -> list[str]:
    """What a firmware runs on, and a warning for each thing that makes it slow.

    Args:
        system: None for the console of this computer, which says nothing.
        where: the port, where there are several boards.
    """
    if system is None:
        return []
    before = f"{where}: " if where else ""
    warnings = [f"warning: {before}{each.text} ({each.hint})" for each in system.warnings]
    return [f"system: {before}{system.line()}", *warnings]


def fail(error: EdgekitError, as_json: bool, details: str = "") -> int:
    """Print an error; returns its exit code.

    With `--json` it is an object on stdout, so that a program reads one stream and always finds
    JSON there; without, `error:` and `hint:` lines on stderr.
    """
    message, hint = printable(error.message), printable(error.hint)
    if as_json:
        value = {"error": message, "hint": hint, "exit_code": int(error.exit_code)}
        print(json.dumps(value, indent=2))
    else:
        out = console(stderr=True)
        out.print("error: ", style="bold red", end="", soft_wrap=True)
        out.print(message, soft_wrap=True)
        if hint:
            out.print("hint: ", style="bold cyan", end="", soft_wrap=True)
            out.print(hint, soft_wrap=True)
    if details:
        print(details, file=sys.stderr)
    return int(error.exit_code)


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses as objects, paths as text, arrays as lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None  # JSON has no infinity
    if hasattr(value, "tolist"):  # numpy's scalars and arrays, without importing numpy for it
        return value.tolist()
    return value

"""Skips, with the reason, what this computer lacks a program for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import emulators, proc, resources
from edgekit.targets import Target

# As the generated project compiles (firmware_templates/project/CMakeLists.txt.j2).
C_FLAGS = (
    *("-std=c11", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wundef", "-Wcast-align"),
    *("-Wconversion", "-ffp-contract=off"),
)


def include_flags(folder: Path) -> list[str]:
    """Where generated code below `folder` and the runtime are included from."""
    templates = resources.templates_folder()
    return [f"-I{folder}", f"-I{templates / 'include'}", f"-I{templates}"]


def needs(*programs: str) -> None:
    """Skip the test unless these programs are there."""
    missing = [program for program in programs if proc.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see `edgekit doctor`)")


def needs_emulator(target: Target) -> None:
    """Skip the test unless this board's firmware can be built and emulated."""
    needs("cmake", f"{target.core.toolchain}gcc")
    if install := emulators.missing(target):
        pytest.skip(f"the emulator of {target.board.name} is not installed: {install}")

"""Skips, with the reason, what this computer lacks a program for."""

from __future__ import annotations

import shutil

import pytest

from edgekit.targets import Target


def needs(*programs: str) -> None:
    """Skip the test unless these programs are on the PATH."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see `edgekit doctor`)")


def needs_emulator(target: Target) -> None:
    """Skip the test unless this board's firmware can be built and emulated."""
    needs("cmake", f"{target.core.toolchain}gcc", "qemu-system-arm")

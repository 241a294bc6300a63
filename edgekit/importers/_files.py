"""Looking at a file before anything heavy is started."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import InputError


def read_start(path: Path, count: int) -> bytes:
    """The first bytes of a file.

    Raises:
        InputError: it isn't there, is a folder, or can't be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}", "check the path") from error


def expect_magic(path: Path, magic: bytes, what: str, hint: str) -> None:
    """Refuse a file that doesn't begin as its format does.

    Raises:
        InputError: it can't be read, is empty, or begins otherwise.
    """
    start = read_start(path, len(magic))
    if not start:
        raise InputError(f"{path} is empty", hint)
    if start != magic:
        raise InputError(f"{path} is not {what}", hint)

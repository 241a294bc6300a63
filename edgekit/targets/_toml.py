"""Strict reading of TOML: every key is asked for by name and type, and none may be left over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TypeVar

from edgekit.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")

_WORDS = {int: "a whole number", str: "a text", list: "a list", dict: "a table"}


class Table:
    """One table of a file. `take` removes a key; `close` refuses what was not taken."""

    def __init__(self, path: Path, values: dict[str, Any], where: str = "") -> None:
        self._path = path
        self._values = dict(values)
        self._where = where
        self._known: list[str] = []

    @classmethod
    def read(cls, path: Path) -> Table:
        """Parse a file.

        Raises:
            InputError: it can't be read, or is no TOML; the message has file and line.
        """
        try:
            return cls(path, tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise InputError(f"can't read {path}: {error.strerror or error}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not valid TOML: {error}") from error

    def error(self, key: str, problem: str, hint: str = "") -> InputError:
        """An error that names file and key."""
        return InputError(f"{self._path}: {self._where}{key}: {problem}", hint)

    def has(self, key: str) -> bool:
        """Whether an optional key is there."""
        self._known.append(key)
        return key in self._values

    def take(self, key: str, kind: type[T]) -> T:
        """A required value of exactly this type (a boolean is no number)."""
        self._known.append(key)
        if key not in self._values:
            raise self.error(key, "is missing")
        value = self._values.pop(key)
        if type(value) is not kind:
            found = type(value).__name__
            raise self.error(key, f"must be {_WORDS.get(kind, kind.__name__)}, not {found}")
        return value

    def text(self, key: str) -> str:
        """A required text that is not empty."""
        value = self.take(key, str)
        if not value.strip():
            raise self.error(key, "is empty")
        return value

    def number(self, key: str, low: int, high: int) -> int:
        """A required whole number between two bounds."""
        value = self.take(key, int)
        if not low <= value <= high:
            raise self.error(key, f"must be between {low} and {high}, not {value}")
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """A required word out of a few."""
        value = self.text(key)
        if value not in choices:
            raise self.error(key, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A required list of texts."""
        values = self.take(key, list)
        if not all(isinstance(v, str) for v in values):
            raise self.error(key, "must be a list of texts")
        return tuple(values)

    def table(self, key: str) -> Table:
        """A required table below this one."""
        return Table(self._path, self.take(key, dict), f"{self._where}{key}.")

    def tables(self, key: str) -> list[Table]:
        """A required list of tables, written [[key]]."""
        values = self.take(key, list)
        if not values or not all(isinstance(v, dict) for v in values):
            raise self.error(key, f"must be one or more [[{key}]] tables")
        return [Table(self._path, v, f"{self._where}{key}[{i}].") for i, v in enumerate(values)]

    def rest(self) -> dict[str, Any]:
        """Everything not yet taken, for tables whose keys another file defines."""
        values, self._values = self._values, {}
        return values

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._values:
            raise self.error(key, "is not a known key", f"known: {', '.join(self._known)}")

"""Settings as people write them, read strictly into dataclasses whose fields have the limits."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any, TypeVar

from edgekit import registry
from edgekit.errors import InputError

T = TypeVar("T")


def parse(kind: type[T], values: dict[str, Any], where: str) -> T:
    """Values as a checked dataclass.

    Args:
        kind: a dataclass; its fields may be annotated with limits (annotated_types) and be
            dataclasses themselves.
        values: nested tables, as TOML has them.
        where: their origin, for messages.

    Raises:
        InputError: an unknown key (the nearest is offered), a missing one, another type, or a
            number out of its range.
    """
    from pydantic import TypeAdapter, ValidationError

    _refuse_unknown(kind, values, where)
    try:
        text = json.dumps(values)
        # From JSON, since only there a strict check takes a list for a tuple.
        return TypeAdapter(kind).validate_json(text, strict=True)
    except TypeError as error:
        raise InputError(f"{where}: {error}", "dates and times are no option's value") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {key}: {_said(first)}") from error


def _refuse_unknown(kind: type, values: dict[str, Any], where: str) -> None:
    """Pydantic would refuse them too, but doesn't know the nearest key."""
    known = {f.name: f for f in dataclasses.fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise registry.unknown(f"key in {where}", key, known)
        inner = _tables(kind).get((kind, key))
        if inner is not None and isinstance(value, dict):
            _refuse_unknown(inner, value, f"[{key}] of {where}")


@functools.cache
def _tables(kind: type) -> dict[tuple[type, str], type]:
    """Which fields are tables of their own."""
    from typing import get_type_hints

    found: dict[tuple[type, str], type] = {}
    for name, hint in get_type_hints(kind).items():
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            found[kind, name] = hint
            found |= _tables(hint)
    return found


def _said(first: Any) -> str:
    message = str(first["msg"])
    return "is missing" if first["type"] == "missing" else message[:1].lower() + message[1:]

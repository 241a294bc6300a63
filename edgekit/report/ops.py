"""Tables of the supported ops; the rules are the docstrings that the compiler checks by."""

from __future__ import annotations

from edgekit import ops
from edgekit.report._table import Column, TextTable


def summary(kind: str) -> str:
    """What an op is, in one line."""
    first = (ops.find(kind).__doc__ or "").strip().partition("\n")[0]
    return first.partition(": ")[2] or first


def table() -> TextTable:
    """Every op in one line."""
    columns = (
        Column("op"),
        Column("what is compiled", elastic=True),
        Column("rules", numeric=True),
    )
    rows = tuple((kind, summary(kind), len(ops.constraints(kind))) for kind in ops.kinds())
    return TextTable(columns, rows)


def rules(kind: str) -> list[str]:
    """An op's rules, as the compiler words them when one is broken."""
    return [rule for rule, _ in ops.constraints(kind)]


def markdown() -> str:
    """Every op with its rules, for docs/supported-ops.md."""
    parts = []
    for kind in ops.kinds():
        listed = "\n".join(f"- {rule}" for rule in rules(kind))
        parts.append(f"## {kind}\n\n{_sentence(summary(kind))}\n\n{listed}\n")
    return "\n".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."

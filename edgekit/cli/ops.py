"""List the TFLite ops that edgekit compiles, or the rules of one.

The rules are the very texts that the compiler checks a model by; a model that breaks one is
refused with it.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from edgekit import registry
from edgekit.cli._options import json_option
from edgekit.cli._output import report


def _complete(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    kinds = (name.upper() for name in registry.names("edgekit.ops"))
    return [CompletionItem(kind) for kind in kinds if kind.startswith(incomplete.upper())]


@click.command()
@click.argument("kind", metavar="[OP]", required=False, shell_complete=_complete)
@json_option
def command(kind: str | None, as_json: bool) -> None:
    """See the module's text."""
    from edgekit import ops  # the ops need numpy
    from edgekit.report import ops as tables

    if kind is None:
        data: object = [
            {"op": k, "summary": tables.summary(k), "rules": tables.rules(k)} for k in ops.kinds()
        ]
        report(data, tables.table(), as_json=as_json, next_verb="edgekit ops OP, for its rules")
        return
    name = kind.upper()
    if name not in ops.kinds():
        raise registry.unknown("op", name, ops.kinds())
    rules = tables.rules(name)
    data = {"op": name, "summary": tables.summary(name), "rules": rules}
    shown = f"{name}: {tables.summary(name)}\n" + "\n".join(f"  - {rule}" for rule in rules)
    report(data, shown, as_json=as_json, next_verb="edgekit inspect MODEL")

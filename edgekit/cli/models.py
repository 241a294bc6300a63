"""List the zoo: the network architectures that `edgekit convert zoo:NAME` can build.

The networks come with random weights: they tell what an architecture costs on a board before
anything is trained. Options follow the name, e.g. `zoo:NAME?alpha=0.25&classes=2`.
"""

from __future__ import annotations

from pathlib import Path

import click

from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.cli._summary import summaries
from edgekit.report import Column, TextTable


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    # Read, not imported: building a model needs TensorFlow, listing them doesn't.
    found = summaries("edgekit.models", Path(__file__).parent.parent / "models")
    rows = tuple((f"zoo:{name}", text) for name, text in found.items())
    report(
        [{"name": name, "summary": text} for name, text in found.items()],
        TextTable((Column("source"), Column("what it is", elastic=True)), rows),
        as_json=as_json,
        next_verb="edgekit convert zoo:NAME --board BOARD --calibration DATA --out DIR",
    )

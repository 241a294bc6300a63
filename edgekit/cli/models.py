"""List the zoo: networks for `edgekit train` and `edgekit convert`, and what they cost.

Options follow the name, e.g. `zoo:NAME?alpha=0.25&classes=2`; the figures are those of the
defaults. Where a network fits is an estimate for kernels chosen for size: `edgekit convert` tells
exactly.
"""

from __future__ import annotations

from pathlib import Path

import click

from edgekit import models, targets
from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.cli._summary import summaries
from edgekit.report import zoo


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    # Read, not imported: building a model needs TensorFlow, listing them doesn't.
    found = summaries("edgekit.models", Path(models.__file__).parent)
    entries = zoo.entries(found, models.figures(), targets.all_boards())
    report(
        entries,
        zoo.table(entries),
        as_json=as_json,
        next_verb="edgekit train zoo:NAME --data DATA --out DIR",
    )

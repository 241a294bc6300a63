"""List the boards that firmware can be made for.

A board is a folder of data below targets/boards; `--board path/to/board.toml` takes one of your
own from anywhere.
"""

from __future__ import annotations

import click

from edgekit import targets
from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.report import boards


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    found = targets.all_boards()
    report(
        boards.as_json(found),
        boards.table(found),
        as_json=as_json,
        next_verb="edgekit inspect MODEL, to see which of them it fits",
    )

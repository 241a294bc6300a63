"""Show what is installed, what is missing, and the command that installs it.

A missing part stops only the verbs that need it; the table says which ones.
"""

from __future__ import annotations

import platform

import click

from edgekit import __version__
from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.cli._tools import findings
from edgekit.report import Column, TextTable


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    found = findings()
    rows = tuple((f.name, f.version or "missing", f.purpose) for f in found)
    missing = list(dict.fromkeys(f.install for f in found if f.version is None))
    advice = "everything is there"
    if missing:
        advice = "to install what is missing:\n" + "\n".join(f"  {line}" for line in missing)
    python = platform.python_version()
    data = {
        "edgekit": __version__,
        "python": python,
        "platform": platform.platform(),
        "ok": not missing,
        "found": found,
    }
    report(
        data,
        f"edgekit {__version__}, Python {python}, {platform.platform()}",
        TextTable((Column("what"), Column("version"), Column("it", elastic=True)), rows),
        advice,
        as_json=as_json,
        next_verb="edgekit boards",
    )

"""Start a project's firmware in the board's emulator, or name the command that programs the board.

DIR is a folder that `edgekit convert` made; the firmware is built where that is needed. With
--emulate the image is loaded and asked for the id of its build. A real board is programmed by its
own tool: the exact command is printed, edgekit does not run it yet.
"""

from __future__ import annotations

from pathlib import Path

import click

from edgekit.cli._options import emulate_option, folder_argument, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress


@click.command()
@folder_argument
@emulate_option
@json_option
def command(folder: Path, emulate: bool, as_json: bool) -> None:
    """See the module's text."""
    from edgekit import pipeline

    with progress(as_json) as events:
        events.stage("building and starting the firmware")
        hello = pipeline.flash(folder, emulate=emulate)
    report(
        {"model": hello.model, "build_id": hello.build_id, "arena_bytes": hello.arena_bytes},
        f"the firmware answers: model {hello.model}, build {hello.build_id}",
        as_json=as_json,
        next_verb=f"edgekit bench {folder} --emulate",
    )

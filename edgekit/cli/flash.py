"""Program a board with a project's firmware and read back that it runs.

DIR is a folder that `edgekit convert` made; the firmware is built where that is needed. The board's
usual programmer is taken, or the one named by --with. Afterwards the firmware is asked for its
build id over the board's serial port, which is recognised by its USB id or named by --port. With
--emulate the image is started in the board's emulator instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import (
    complete_flasher,
    emulate_option,
    folder_argument,
    json_option,
    port_option,
)
from edgekit.cli._output import report
from edgekit.cli._progress import progress

if TYPE_CHECKING:
    from edgekit import pipeline


@click.command()
@folder_argument
@emulate_option
@click.option(
    "--with",
    "name",
    metavar="TOOL",
    shell_complete=complete_flasher,
    help="Another programmer than the board's usual one, e.g. openocd.",
)
@click.option(
    "--probe",
    metavar="ID",
    help="The probe's serial number (see `edgekit ports`); a drive's path; a GDB server's address.",
)
@port_option
@click.option("--dry-run", is_flag=True, help="Build, print what would be run, program nothing.")
@json_option
def command(
    folder: Path,
    emulate: bool,
    name: str | None,
    probe: str | None,
    port: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """See the module's text."""
    from edgekit import pipeline

    if emulate and (name or probe or port or dry_run):
        raise click.UsageError("--emulate starts an emulator: it takes no programmer and no port")
    with progress(as_json) as events:
        events.stage("building and starting" if emulate else "building and programming")
        done = pipeline.flash(
            folder, emulate=emulate, name=name, probe=probe, port=port, dry_run=dry_run
        )
    data = {
        "flasher": done.flasher,
        "plan": done.plan,
        "build_id": done.build_id,
        "confirmed": done.hello is not None,
        "model": done.hello.model if done.hello else None,
        "arena_bytes": done.hello.arena_bytes if done.hello else None,
    }
    report(data, _text(done, dry_run), as_json=as_json, next_verb=_next(folder, emulate, port))


def _text(done: pipeline.Flashed, dry_run: bool) -> str:
    """What was done, and how sure that is."""
    if dry_run:
        return "\n".join(done.plan)
    if done.hello is None:
        return (
            f"programmed by {done.flasher} and compared by it; no serial port of this board was "
            f"recognised, so that the build id {done.build_id} was not read back: give --port PORT"
        )
    what = "running" if done.flasher == "emulator" else "flashed and running"
    return f"{what}: model {done.hello.model}, build {done.hello.build_id}"


def _next(folder: Path, emulate: bool, port: str | None) -> str:
    where = "--emulate" if emulate else f"--port {port or 'PORT'}"
    return f"edgekit bench {folder} {where}"

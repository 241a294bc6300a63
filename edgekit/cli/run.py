"""Talk to the firmware: lines typed are commands of the MLPerf Tiny protocol, answers are printed.

Type `help` for the commands, `quit` or Ctrl-D to end. It reads from a pipe as well, e.g.
`echo profile | edgekit run DIR --emulate`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import emulate_option, folder_argument, one_place, port_option
from edgekit.cli._output import console, report, system_lines
from edgekit.cli._progress import progress
from edgekit.report import printable

if TYPE_CHECKING:
    from edgekit.harness.session import Device

_PROMPT = "> "


@click.command()
@folder_argument
@emulate_option
@port_option
def command(folder: Path, emulate: bool, port: str | None) -> None:
    """See the module's text."""
    from edgekit import pipeline

    one_place(emulate, port)
    project = pipeline.open_project(folder)
    with contextlib.ExitStack() as stack:
        with progress(as_json=False) as events:
            events.stage("starting the firmware" if emulate else "looking for the firmware")
            place = "port" if port else "emulator"
            link = pipeline.connected(project, place, port=port or "")
            device = stack.enter_context(link)
            system = pipeline.system_of(device, project)
        # Apart from the conversation, which a program may read.
        for line in system_lines(system):
            console(stderr=True).print(printable(line), soft_wrap=True)
        _converse(device)
    where = f"--port {port}" if port else "--emulate"
    report(None, as_json=False, next_verb=f"edgekit bench {folder} {where}")


def _converse(device: Device) -> None:
    """Send every line and print its answer."""
    for line in _lines():
        text = line.strip().removesuffix("%")
        if text in ("quit", "exit"):
            return
        if not text:
            continue
        if not text.isascii() or not text.isprintable():
            print("commands are plain ASCII text: try `help`")
            continue
        for answer in device.command(text):
            print(printable(answer), flush=True)


def _lines() -> Iterator[str]:
    """What is typed, with a history in a terminal; or what a pipe has."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - importing it gives input() a history
    with contextlib.suppress(EOFError):
        while True:
            yield input(_PROMPT)

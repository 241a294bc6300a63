"""Compile a project's firmware for its board and show what it takes of flash and RAM.

DIR is a folder that `edgekit convert` made. The same is done without edgekit by
`cmake -B build && cmake --build build` in DIR/firmware.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgekit.cli._options import folder_argument, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Column, TextTable

if TYPE_CHECKING:
    from edgekit.builder.sizes import Sizes


@click.command()
@folder_argument
@click.option("--host", is_flag=True, help="For this computer instead of the board.")
@click.option("--sanitize", is_flag=True, help="With address and undefined-behaviour sanitizers.")
@json_option
def command(folder: Path, host: bool, sanitize: bool, as_json: bool) -> None:
    """See the module's text."""
    from edgekit import pipeline

    if sanitize and not host:
        raise click.UsageError("--sanitize works together with --host only")
    with progress(as_json) as events:
        events.stage("building the firmware")
        firmware = pipeline.build(folder, host=host, sanitize=sanitize)
    page = pipeline.write_report(folder)
    report(
        {"elf": firmware.elf, "stub": firmware.stub, "sizes": firmware.sizes},
        _sections(firmware.sizes),
        _ops(firmware.sizes),
        "\n".join(f"built: {path}" for path in (firmware.elf, firmware.stub) if path),
        page,
        as_json=as_json,
        next_verb=f"edgekit verify {folder}",
    )


def _sections(sizes: Sizes) -> TextTable:
    columns = (Column("section"), Column("flash B", numeric=True), Column("RAM B", numeric=True))
    rows = [(s.name, s.flash_bytes, s.ram_bytes) for s in sizes.sections]
    rows.append(("in all", sizes.flash_bytes, sizes.ram_bytes))
    return TextTable(columns, tuple(rows))


def _ops(sizes: Sizes) -> TextTable:
    columns = tuple(Column(title, numeric=True) for title in ("op", "code B", "weights B"))
    rows = tuple((op.index, op.code_bytes, op.weights_bytes) for op in sizes.ops)
    return TextTable(columns, rows)

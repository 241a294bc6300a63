"""List the serial ports and the boards that seem to be behind them.

A board is recognised by its USB vendor and product number, where its data has them.
"""

from __future__ import annotations

from typing import Any

import click

from edgekit import targets
from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.report import Column, TextTable


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    from serial.tools import list_ports

    boards: dict[tuple[int, int], list[str]] = {}
    for target in targets.all_boards():
        for usb_id in target.board.usb_ids:
            boards.setdefault(usb_id, []).append(target.board.name)
    found: list[dict[str, Any]] = [
        {
            "port": port.device,
            "description": port.description,
            "usb_id": None if port.vid is None else f"{port.vid:04x}:{port.pid:04x}",
            "boards": boards.get((port.vid, port.pid), []),
        }
        for port in sorted(list_ports.comports())
    ]
    columns = tuple(Column(title) for title in ("port", "description", "usb id", "maybe"))
    rows = tuple(
        (p["port"], p["description"], p["usb_id"], ", ".join(p["boards"]) or None) for p in found
    )
    report(
        found,
        TextTable(columns, rows) if rows else "no serial port is there: is the board plugged in?",
        as_json=as_json,
        next_verb=f"edgekit bench DIR --port {found[0]['port'] if found else 'PORT'}",
    )

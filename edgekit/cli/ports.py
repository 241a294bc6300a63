"""List the serial ports and the boards that seem to be behind them.

A board is recognised by its USB vendor and product number, where its data has them. The serial
number tells two of a kind apart: `edgekit flash DIR --probe NUMBER`.
"""

from __future__ import annotations

from typing import Any

import click

from edgekit.cli._options import json_option
from edgekit.cli._output import report
from edgekit.report import Column, TextTable


@click.command()
@json_option
def command(as_json: bool) -> None:
    """See the module's text."""
    from edgekit.transports.discovery import ports

    found: list[dict[str, Any]] = [
        {
            "port": port.device,
            "description": port.description,
            "usb_id": "{:04x}:{:04x}".format(*port.usb_id) if port.usb_id else None,
            "serial_number": port.serial_number,
            "boards": list(port.boards),
        }
        for port in ports()
    ]
    titles = ("port", "description", "usb id", "serial number", "maybe")
    rows = tuple(
        (
            p["port"],
            p["description"],
            p["usb_id"],
            p["serial_number"],
            ", ".join(p["boards"]) or None,
        )
        for p in found
    )
    report(
        found,
        TextTable(tuple(map(Column, titles)), rows)
        if rows
        else "no serial port is there: is the board plugged in?",
        as_json=as_json,
        next_verb=f"edgekit bench DIR --port {found[0]['port'] if found else 'PORT'}",
    )

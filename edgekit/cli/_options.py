"""Options and arguments that several verbs share, and how the shell completes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from edgekit import registry, resources


def complete_board(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The boards' folders; once a path is begun, files."""
    if "/" in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="file")]
    found = sorted(f.parent.name for f in resources.targets_folder().glob("boards/*/board.toml"))
    return [CompletionItem(name) for name in found if name.startswith(incomplete)]


def complete_port(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The serial ports that are there now."""
    from serial.tools import list_ports

    found = [port.device for port in list_ports.comports()]
    return [CompletionItem(port) for port in found if port.startswith(incomplete)]


def complete_flasher(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The programmers."""
    names = registry.names("edgekit.flashers")
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_framework(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The ecosystems."""
    names = [name.replace("_", "-") for name in registry.names("edgekit.frameworks")]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_file(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files and folders."""
    return [CompletionItem(incomplete, type="file")]


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON value on stdout and nothing else."
)

emulate_option = click.option("--emulate", is_flag=True, help="Use the board's emulator.")

port_option = click.option(
    "--port",
    metavar="PORT",
    shell_complete=complete_port,
    help="A serial port (see `edgekit ports`) or a pyserial URL, e.g. socket://host:port.",
)

junit_option = click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=complete_file,
    help="Write the result as JUnit XML, too, for continuous integration.",
)

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


def one_place(emulate: bool, port: str | None) -> None:
    """Hold that exactly one of `--emulate` and `--port` was given.

    Raises:
        UsageError: none or both.
    """
    if emulate == (port is not None):
        raise click.UsageError("give either --emulate or --port PORT")


_DATA = (
    "an .npz with x (and y), an .npy, a .csv, a folder of images or of .wav files, a built-in set"
)


def quantize_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--quantize` and what belongs to it, for the verbs that quantize."""
    for option in reversed(
        (
            click.option(
                "--quantize",
                type=click.Choice(registry.names("edgekit.quantize")),
                default="int8_ptq",
                show_default=True,
                help="How a float model is quantized; see docs/quantization.md.",
            ),
            click.option(
                "--calibration",
                "--data",
                metavar="DATA",
                shell_complete=complete_file,
                help=f"Typical inputs, for a float model: {_DATA}. Training uses all, with y.",
            ),
            click.option(
                "--calibration-samples",
                type=click.IntRange(min=1),
                default=200,
                show_default=True,
                metavar="N",
                help="At most so many of them are used, evenly spread.",
            ),
            click.option(
                "--calibration-select",
                type=click.IntRange(min=1),
                metavar="N",
                help="Choose N of all of them by clustering instead; no gain was measured.",
            ),
            click.option(
                "--epochs",
                type=click.IntRange(min=0, max=1000),
                default=3,
                show_default=True,
                help="Of training, for the methods that train.",
            ),
            click.option(
                "--keep",
                multiple=True,
                metavar="LAYER",
                help="A layer that keeps 8 bits where the method has fewer; may be repeated.",
            ),
        )
    ):
        command = option(command)
    return command

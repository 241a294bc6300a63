"""Programs real boards: one programmer a file.

Every module has:

- `TITLE`: its name for people;
- `SETTINGS`: what a board's `[flash.<module>]` table must say, by key, with its meaning;
- `plan(job)`: the commands that do it, in order, or what is copied where; nothing is run;
- `program(job)`: does it, or raises with the user's words for what went wrong.

A board's file names its usual programmer first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

from edgekit import registry
from edgekit.errors import InputError
from edgekit.flashers._job import Job
from edgekit.targets import FlasherSpec, Target

__all__ = ["Flasher", "Job", "find", "names", "prepare"]


class Flasher(Protocol):
    """What every module of this package offers."""

    TITLE: str
    SETTINGS: dict[str, str]

    def plan(self, job: Job) -> list[str]:
        """What `program` will do, a line each, ready for a shell where it is a command."""

    def program(self, job: Job) -> None:
        """Program the board and compare what it has with the image.

        Raises:
            DeviceError: no probe, a chip that is locked, another chip, or a difference.
            ToolError: the tool is missing, or failed in a way that is not known.
        """


def names() -> list[str]:
    """Every programmer, sorted."""
    return sorted(registry.load_all(__name__))


def find(name: str) -> Flasher:
    """A programmer by its name.

    Raises:
        InputError: there is none of this name; the nearest one is offered.
    """
    return cast(Flasher, registry.load(__name__, name, "flasher"))


def prepare(
    elf: Path,
    target: Target,
    *,
    name: str | None = None,
    probe: str | None = None,
    port: str | None = None,
) -> tuple[Flasher, Job]:
    """Which programmer a board takes, and its job.

    Args:
        elf: the image; the .bin of the same name lies beside it.
        target: the board.
        name: another programmer than its usual one.
        probe: serial number of the probe, where several are plugged in.
        port: serial port, for programmers that work over one.

    Raises:
        InputError: the board names no programmer, not this one, or not all that it needs.
    """
    specs = {spec.name: spec for spec in target.board.flashers}
    if not specs:
        raise InputError(
            f"the file of board {target.board.name} does not say how it is programmed",
            f"add a [flash.<programmer>] table; known are {', '.join(names())}; "
            f"the maker's page: {target.board.url}",
        )
    name = name or next(iter(specs))
    flasher = find(name)
    spec = specs.get(name, FlasherSpec(name))
    settings = dict(spec.settings)
    missing = [key for key in flasher.SETTINGS if key not in settings]
    if missing:
        wanted = "; ".join(f"{key}: {flasher.SETTINGS[key]}" for key in missing)
        raise InputError(
            f"{target.board.name} can't be programmed by {name}: [flash.{name}] lacks {wanted}",
            f"it knows {', '.join(specs)}; or add the table to your own board.toml",
        )
    return flasher, Job(elf, elf.with_suffix(".bin"), target, settings, probe, port)

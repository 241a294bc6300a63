"""From a model to a folder of firmware sources, and from there onto a board."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgekit import flashers, output
from edgekit.harness.flash import flash_board, flash_emulated
from edgekit.harness.protocol import Hello
from edgekit.packaging import ConvertOptions, Package, make_package
from edgekit.pipeline._project import Events, Silent, build, open_project


@dataclass(frozen=True, slots=True)
class ConvertResult:
    """What `convert` made; `package.summary` and `package.fit` have the figures."""

    written: output.Written
    package: Package


def convert(options: ConvertOptions, events: Events | None = None) -> ConvertResult:
    """Turn a model into firmware.

    Raises:
        EdgekitError: see `make_package` and `output.write`; nothing is written then.
    """
    output.check_destination(options.out, options.force)
    package = make_package(options, events or Silent())
    return ConvertResult(output.write(options.out, package.files, package.manifest), package)


@dataclass(frozen=True, slots=True)
class Flashed:
    """What `flash` did.

    Attributes:
        flasher: the programmer, for people; `emulator` where nothing was programmed.
        plan: what it did, a line each.
        build_id: of the image.
        hello: what the firmware says of itself; None where no port was recognised to ask it.
    """

    flasher: str
    plan: tuple[str, ...]
    build_id: str
    hello: Hello | None


def flash(
    folder: Path,
    *,
    emulate: bool = False,
    name: str | None = None,
    probe: str | None = None,
    port: str | None = None,
    dry_run: bool = False,
) -> Flashed:
    """Put a project's firmware on its board and read its build id back.

    Args:
        folder: the project.
        emulate: start it in the board's emulator.
        name: another programmer than the board's usual one.
        probe: serial number of the probe; for a drive its path, for GDB the server's address.
        port: the board's serial port.
        dry_run: build and plan only.

    Raises:
        InputError: the board names no such programmer.
        ToolError: a compiler, an emulator or the programmer is missing or failed.
        DeviceError: the board can't be programmed, does not answer, or as another build.
    """
    project = open_project(folder)
    firmware = build(folder)
    if emulate:
        hello = flash_emulated(firmware.elf, project.target, project.build_id)
        return Flashed("emulator", (), project.build_id, hello)
    flasher, job = flashers.prepare(firmware.elf, project.target, name=name, probe=probe, port=port)
    plan = tuple(flasher.plan(job))
    done = None if dry_run else flash_board(flasher, job, project.build_id)
    return Flashed(flasher.TITLE, plan, project.build_id, done)

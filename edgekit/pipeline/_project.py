"""A folder that `convert` made: opened, built, connected to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edgekit import builder, emulators, output, targets
from edgekit.compiler import Compiled, compile_tflite
from edgekit.emulators import Link, host
from edgekit.errors import InputError
from edgekit.harness.session import Device
from edgekit.harness.system import SystemReport, read_system
from edgekit.kernels import Goal
from edgekit.pipeline._report import keep_sizes
from edgekit.report.choices import variants
from edgekit.targets import Target


class Events(Protocol):
    """Who shows progress."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins, of `total` steps where that is known."""

    def advance(self) -> None:
        """One step of the stage is done."""


class Silent:
    """Shows nothing."""

    def stage(self, text: str, total: int = 0) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A folder that `convert` made, opened.

    Attributes:
        folder: the folder.
        target: the board that it is for.
        name: the model's C identifier.
        model: contents of model.tflite.
        build_id: what its firmware answers with.
        goal: what its kernels were chosen for.
        keep_input: whether an inference leaves the inputs as they are.
    """

    folder: Path
    target: Target
    name: str
    model: bytes
    build_id: str
    goal: Goal
    keep_input: bool

    def compiled(self) -> Compiled:
        """The model, compiled anew."""
        return compile_tflite(
            self.model, self.target, self.name, goal=self.goal, keep_input=self.keep_input
        )

    def build_folder(self, host: bool) -> Path:
        """Where `build` puts its results."""
        return self.folder / "build" / ("host" if host else self.target.board.name)


def open_project(folder: Path) -> Project:
    """Open a folder that `convert` made.

    Raises:
        InputError: it is none, or its board is gone.
    """
    manifest = output.read_manifest(folder)
    model = folder / "model.tflite"
    try:
        return Project(
            folder,
            targets.load_board(str(manifest["board"])),
            str(manifest["model"]),
            model.read_bytes(),
            str(manifest["build_id"]),
            Goal(manifest["optimize"]),
            bool(manifest["keep_input"]),
        )
    except (KeyError, OSError, ValueError) as error:
        raise InputError(
            f"{folder} is not complete: {error}", "convert again with --force"
        ) from error


def build(folder: Path, *, host: bool = False, sanitize: bool = False) -> builder.Firmware:
    """Compile a project's firmware for its board, or for this computer.

    Raises:
        ToolError: a compiler is missing or reports errors.
    """
    project = open_project(folder)
    firmware = builder.build(
        folder / "firmware", project.build_folder(host), host=host, sanitize=sanitize
    )
    if not host:
        keep_sizes(folder, project.build_id, firmware.sizes)
    return firmware


def system_of(
    device: Device, project: Project, compiled: Compiled | None = None
) -> SystemReport | None:
    """What a project's firmware runs on, see harness.system.

    Args:
        device: an open session with it.
        project: the project.
        compiled: its model, where it was compiled already.

    Raises:
        DeviceError: no answer.
    """
    return read_system(device, project.target, variants(compiled or project.compiled()))


@contextlib.contextmanager
def connected(
    project: Project, place: str, *, count: bool = False, port: str = ""
) -> Iterator[Device]:
    """A session with a project's firmware, built where needed.

    Args:
        project: the project.
        place: `host`, `emulator` or `port`.
        count: whether instructions are to be counted; the emulator is slower then.
        port: the serial port, for the place `port`.

    Raises:
        ToolError: no compiler or emulator.
        DeviceError: nothing answers, or something else than this project's firmware.
    """
    if place == "port":
        link = Link(port, project.target.board.baud)
        with Device(link) as device:
            device.expect(project.build_id)
            yield device
        return
    firmware = build(project.folder, host=place == "host")
    with (
        _running(place, firmware.elf, project.target, count) as link,
        Device(link) as device,
    ):
        device.expect(project.build_id)
        yield device


def _running(
    place: str, elf: Path, target: Target, count: bool
) -> contextlib.AbstractContextManager[Link]:
    if place == "host":
        return host.running(elf, target, count=count)
    return emulators.running(elf, target, count=count)

"""From a model to a folder of firmware sources, and from there onto a board."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgekit import output
from edgekit.flashers import vendor_tool
from edgekit.harness.flash import flash_emulated
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


def flash(folder: Path, *, emulate: bool) -> Hello:
    """Put a project's firmware on its board and read its build id back.

    Raises:
        ToolError: a compiler or an emulator is missing; or a real board, which edgekit does not
            program itself yet: the hint has the command that does.
        DeviceError: it does not answer, or as another build.
    """
    project = open_project(folder)
    firmware = build(folder)
    if not emulate:
        vendor_tool.flash(firmware.elf, project.target)
    return flash_emulated(firmware.elf, project.target, project.build_id)

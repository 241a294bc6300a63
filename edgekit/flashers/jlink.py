"""J-Link Commander: SEGGER's probes, on their own or on a development kit."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "J-Link"
SETTINGS = {"device": "SEGGER's name of the chip, as JLinkExe lists it"}

_TOOL = Tool(
    "JLinkExe",
    "from SEGGER's page: J-Link Software and Documentation Pack",
    (
        (
            r"connecting to J-Link via USB\W*FAILED|cannot connect to (the )?(probe|J-Link)",
            Trouble.NO_PROBE,
        ),
        (r"readback protection|secured|APPROTECT|is locked|unlock", Trouble.LOCKED),
        (r"verif\w+ failed|verification error", Trouble.VERIFY),
        (r"unknown.*device|device .* not supported|does not match", Trouble.WRONG_CHIP),
        (
            r"cannot connect to target|could not connect to (the )?target|VTref=0\.0",
            Trouble.NO_TARGET,
        ),
    ),
    ok=r"O\.K\.",
)


def script(job: Job) -> str:
    """What the commander is told; `loadfile` compares what it has written."""
    return f'connect\nr\nh\nloadfile "{job.elf}"\nr\ng\nexit\n'


def _command(job: Job, path: str | Path) -> list[str | Path]:
    serial = ["-SelectEmuBySN", job.probe] if job.probe else []
    options = ["-device", job.settings["device"], "-if", "SWD", "-speed", "4000"]
    return [
        "JLinkExe",
        "-NoGui",
        "1",
        "-ExitOnError",
        "1",
        *serial,
        *options,
        "-CommanderScript",
        path,
    ]


def plan(job: Job) -> list[str]:
    """See the package."""
    return [*shown([_command(job, "SCRIPT")]), *(f"  SCRIPT: {x}" for x in script(job).split("\n"))]


def program(job: Job) -> None:
    """See the package."""
    with tempfile.TemporaryDirectory(prefix="edgekit-jlink-") as folder:
        path = Path(folder) / "program.jlink"
        path.write_text(script(job), encoding="utf-8")
        execute(_TOOL, job, [_command(job, path)])

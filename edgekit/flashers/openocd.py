"""OpenOCD: most probes, most chips."""

from __future__ import annotations

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "OpenOCD"
SETTINGS = {"configs": "configuration files, e.g. 'interface/stlink.cfg target/stm32f4x.cfg'"}

_TOOL = Tool(
    "openocd",
    "sudo apt install openocd",
    (
        (r"LIBUSB_ERROR_ACCESS|insufficient permissions", Trouble.NO_ACCESS),
        (r"open failed|unable to (find|open) .*(device|adapter)|no device found", Trouble.NO_PROBE),
        (
            r"device protected|security (bit|lock)|write.?protect|is locked|APPROTECT",
            Trouble.LOCKED,
        ),
        (r"UNEXPECTED idcode|expected 1 of 1|wrong (device|chip)|not probed", Trouble.WRONG_CHIP),
        (r"verify failed|contents differ|checksum mismatch", Trouble.VERIFY),
        (
            r"unable to connect to the target|cannot read IDR|Error connecting DP|"
            r"init mode failed|target not (halted|examined)|no response",
            Trouble.NO_TARGET,
        ),
    ),
    ok=r"\*\* Verified OK \*\*",
)


def _commands(job: Job) -> list[list[str]]:
    command = ["openocd"]
    for position, name in enumerate(job.settings["configs"].split()):
        command += ["-f", name]
        if position == 0 and job.probe:  # between the adapter's file and `init`
            command += ["-c", f"adapter serial {job.probe}"]
    # Braces keep Tcl from splitting a path at its spaces.
    return [[*command, "-c", f"program {{{job.elf}}} verify reset exit"]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    execute(_TOOL, job, _commands(job))

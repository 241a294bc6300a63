"""QEMU's emulated boards. The image is the one that the real board would run."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from edgekit import proc
from edgekit.emulators._link import Link
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.targets import EmulatorSpec, Target

#: The emulator of a core, by the core's toolchain: its program and what installs it.
_PROGRAMS = {
    "arm-none-eabi-": ("qemu-system-arm", "apt install qemu-system-arm"),
    "riscv64-unknown-elf-": ("qemu-system-riscv32", "apt install qemu-system-misc"),
}


@contextlib.contextmanager
def running(
    elf: Path, target: Target, *, count: bool, options: Sequence[str] = ()
) -> Iterator[Link]:
    """A board in QEMU with its console on a TCP port; it starts when somebody connects.

    The socket is made here and inherited by QEMU, so no other program can take its port in
    between. The emulator ends with the block, whatever ends that.

    Args:
        elf: the image.
        target: its board.
        count: count instructions (`-icount`).
        options: further arguments of QEMU.

    Raises:
        ToolError: QEMU is missing or does not start.
        DeviceError: QEMU ended while the block ran.
    """
    spec = target.board.emulator
    if spec is None:
        raise ToolError(f"QEMU does not know the board {target.board.name}")
    if not elf.is_file():
        raise InputError(f"there is no image {elf}", "run `edgekit build`")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Accepted connections inherit it. QEMU sends byte by byte: with Nagle's algorithm an answer
        # would wait 40 ms for the acknowledgement of its first byte.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listener.getsockname()[1]
        command = [*_command(target, spec, elf, listener.fileno(), count), *options]
        started = proc.started(command, stdout=subprocess.PIPE, pass_fds=[listener.fileno()])
        with started as process:
            listener.close()  # QEMU's copy alone keeps it open: if QEMU dies, connecting fails
            per_tick = spec.instructions_per_tick if count else None
            link = Link(f"socket://127.0.0.1:{port}", target.board.baud, True, per_tick)
            try:
                yield link
            except DeviceError as error:
                raise _explained(process, error) from error


def missing(target: Target) -> str | None:
    """The command that installs the QEMU of a board's core; None where it is there.

    Raises:
        ToolError: none is known.
    """
    name, install = _program(target)
    return None if proc.which(name) else install


def _program(target: Target) -> tuple[str, str]:
    if target.core.toolchain not in _PROGRAMS:
        raise ToolError(f"QEMU is not known to emulate the core {target.core.name}")
    return _PROGRAMS[target.core.toolchain]


def _command(
    target: Target, spec: EmulatorSpec, elf: Path, listener: int, count: bool
) -> list[str | Path]:
    return [
        proc.find(*_program(target)),
        *("-M", spec.machine),
        *spec.options,
        *("-kernel", elf),
        *("-display", "none", "-monitor", "none"),
        *("-chardev", f"socket,id=console,fd={listener},server=on,wait=on"),
        *("-serial", "chardev:console"),
        *(("-icount", f"shift={spec.icount_shift}") if count else ()),
    ]


def _explained(process: subprocess.Popen[str], error: DeviceError) -> DeviceError:
    """The error, with QEMU's own words if it is QEMU that failed."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.2)
    if process.returncode is None or process.stderr is None:
        return error
    words = [line for line in process.stderr.read().splitlines() if "waiting for" not in line]
    return DeviceError(
        f"the emulator ended with exit code {process.returncode}: {error.message}",
        "\n".join(words[-5:]) or error.hint,
    )

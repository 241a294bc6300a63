"""Programming, as far as it can be proven here: an emulator, and GDB loading into an empty one."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import emulators, flashers, proc, targets
from edgekit.errors import DeviceError
from edgekit.flashers import Job
from edgekit.harness.flash import confirm, flash_board, flash_emulated
from edgekit.targets import FlasherSpec, Target
from tests.support import tiny
from tests.support.boards import roomiest

BOARD = roomiest().board.name


@pytest.mark.emulated
def test_the_build_id_comes_back() -> None:
    tiny.need("qemu-system-arm")
    elf = tiny.firmware(BOARD).elf
    target = targets.load_board(BOARD)
    assert flash_emulated(elf, target, tiny.BUILD_ID).build_id == tiny.BUILD_ID
    with pytest.raises(DeviceError, match=f"runs the build {tiny.BUILD_ID}"):
        flash_emulated(elf, target, "f" * 16)


@pytest.mark.emulated
def test_a_board_is_asked_what_it_runs() -> None:
    tiny.need("qemu-system-arm")
    target = targets.load_board(BOARD)
    with emulators.running(tiny.firmware(BOARD).elf, target, count=False) as link:
        hello = confirm(target, tiny.BUILD_ID, link.url)
        assert hello is not None
        assert hello.build_id == tiny.BUILD_ID
        with pytest.raises(DeviceError, match=r"programmed, but not running as it should: .*runs"):
            confirm(target, "f" * 16, link.url, wait_s=0.1)


def test_a_board_without_a_known_port_is_not_confirmed() -> None:
    target = roomiest()
    unknown = replace(target, board=replace(target.board, usb_ids=()))
    assert confirm(unknown, tiny.BUILD_ID, None) is None


class Recorder:
    """A programmer that only remembers its job."""

    TITLE = "recorder"
    SETTINGS: dict[str, str] = {}  # noqa: RUF012 - as the modules have it

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def plan(self, job: Job) -> list[str]:
        return []

    def program(self, job: Job) -> None:
        self.jobs.append(job)


@pytest.mark.emulated
def test_programmed_and_then_asked() -> None:
    tiny.need("qemu-system-arm")
    target = targets.load_board(BOARD)
    elf = tiny.firmware(BOARD).elf
    recorder = Recorder()
    with emulators.running(elf, target, count=False) as link:
        job = Job(elf, elf.with_suffix(".bin"), target, {}, port=link.url)
        hello = flash_board(recorder, job, tiny.BUILD_ID)
    assert recorder.jobs == [job]
    assert hello is not None
    assert hello.model == "tiny"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def empty_machine() -> Iterator[tuple[Target, str, str]]:
    """An emulated board without firmware: the board, its GDB server, its console."""
    tiny.need("qemu-system-arm", "gdb-multiarch")
    target = targets.load_board(BOARD)
    spec = target.board.emulator
    assert spec is not None
    gdb, console = _free_port(), _free_port()
    command: list[str | Path] = [
        *("qemu-system-arm", "-M", spec.machine, "-display", "none", "-monitor", "none", "-S"),
        *("-gdb", f"tcp:127.0.0.1:{gdb}", *spec.options),
        *("-serial", f"tcp:127.0.0.1:{console},server=on,wait=off"),
    ]
    with proc.started(command, stdout=subprocess.DEVNULL) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", console)) == 0:
                    break
            assert process.poll() is None, "the emulator ended"
            time.sleep(0.1)
        yield target, f"127.0.0.1:{gdb}", f"socket://127.0.0.1:{console}"


@pytest.mark.emulated
def test_gdb_programs_an_empty_machine(empty_machine: tuple[Target, str, str]) -> None:
    """`load`, `compare-sections`, reset, and the firmware answers with its build id."""
    target, server, console = empty_machine
    spec = FlasherSpec("gdb_remote", (("reset", "system_reset"),))
    target = replace(target, board=replace(target.board, flashers=(spec,)))
    elf = tiny.firmware(BOARD).elf
    flasher, job = flashers.prepare(elf, target, probe=server, port=console)
    hello = flash_board(flasher, job, tiny.BUILD_ID)
    assert hello is not None
    assert hello.build_id == tiny.BUILD_ID

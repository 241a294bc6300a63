from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import emulators, targets
from edgekit.emulators import qemu
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support import tiny
from tests.support.boards import roomiest

BOARD = roomiest().board.name

_HOLD = """
import sys, time
from pathlib import Path
from edgekit import emulators, targets
with emulators.running(Path(sys.argv[1]), targets.load_board(sys.argv[2]), count=False) as link:
    print(link.url, flush=True)
    time.sleep(60)
"""


def processes(elf: Path) -> list[Path]:
    """Those with this image on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"-kernel" in words and str(elf).encode() in words:
            found.append(entry)
    return found


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within ten seconds: a busy machine shows processes late."""
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def changed(**values: object) -> Target:
    target = targets.load_board(BOARD)
    assert target.board.emulator is not None
    emulator = replace(target.board.emulator, **values)  # type: ignore[arg-type]  # any field
    return replace(target, board=replace(target.board, emulator=emulator))


@pytest.mark.emulated
def test_no_emulator_is_left_running_after_ctrl_c() -> None:
    tiny.need("qemu-system-arm")
    elf = tiny.firmware(BOARD).elf
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(elf), BOARD],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().startswith("socket://")
    assert eventually(lambda: bool(processes(elf)))
    holder.send_signal(signal.SIGINT)
    holder.wait(10)
    holder.stdout.close()
    assert eventually(lambda: not processes(elf))


@pytest.mark.emulated
def test_an_error_in_the_block_ends_it() -> None:
    tiny.need("qemu-system-arm")
    elf = tiny.firmware(BOARD).elf
    block = emulators.running(elf, targets.load_board(BOARD), count=False)
    block.__enter__()
    assert eventually(lambda: bool(processes(elf)))
    error = RuntimeError("mine")
    assert not block.__exit__(RuntimeError, error, None)
    assert eventually(lambda: not processes(elf))


@pytest.mark.emulated
def test_the_emulators_own_words_explain_its_end() -> None:
    tiny.need("qemu-system-arm")
    elf = tiny.firmware(BOARD).elf
    started = time.monotonic()
    with (
        pytest.raises(DeviceError, match="emulator ended with exit code 1") as caught,
        qemu.running(elf, changed(machine="no-such-machine"), count=False) as link,
        Device(link) as device,
    ):
        device.hello()
    assert "no-such-machine" in caught.value.hint or "machine type" in caught.value.hint
    assert time.monotonic() - started < 9


def test_a_board_that_nothing_emulates() -> None:
    target = targets.load_board(BOARD)
    real = replace(target, board=replace(target.board, emulator=None))
    with pytest.raises(ToolError, match=f"nothing here emulates the board {BOARD}"):
        emulators.running(Path("x.elf"), real, count=False)


def test_an_unknown_emulator() -> None:
    with pytest.raises(InputError, match="unknown emulator 'qmeu'") as caught:
        emulators.running(Path("x.elf"), changed(name="qmeu"), count=False)
    assert "did you mean 'qemu'" in caught.value.hint


def test_missing_image(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no image"):
        qemu.running(tmp_path / "x.elf", targets.load_board(BOARD), count=False).__enter__()


def test_missing_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elf = tmp_path / "x.elf"
    elf.touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="qemu-system-arm was not found") as caught:
        qemu.running(elf, targets.load_board(BOARD), count=False).__enter__()
    assert "apt install qemu-system-arm" in caught.value.hint

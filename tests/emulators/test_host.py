from __future__ import annotations

import threading
from pathlib import Path

import pytest

from edgekit.emulators import host
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support.tiny import firmware


def test_several_at_once_take_their_own_ports(any_target: Target) -> None:
    elf = firmware(any_target.board.name, host=True).elf
    names: list[str] = []

    def talk() -> None:
        with host.running(elf, any_target) as link, Device(link) as device:
            names.append(device.hello().model)

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert names == ["tiny"] * 4


def test_refusals(any_target: Target, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="counted in the board's emulator"):
        host.running(tmp_path, any_target, count=True).__enter__()
    with pytest.raises(InputError, match="there is no program"):
        host.running(tmp_path / "console", any_target).__enter__()


def test_a_program_that_is_no_console(any_target: Target, tmp_path: Path) -> None:
    program = tmp_path / "console"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)
    with pytest.raises(DeviceError, match="did not start: it said 'hello'"):
        host.running(program, any_target).__enter__()


def test_the_last_words_of_a_crash_are_the_hint(any_target: Target, tmp_path: Path) -> None:
    """As a sanitizer's report is."""
    crashing = tmp_path / "console"
    crashing.write_text(
        "#!/bin/sh\necho listening on 127.0.0.1:1\necho 'ERROR: AddressSanitizer' >&2\nexit 1\n"
    )
    crashing.chmod(0o755)
    with (
        pytest.raises(DeviceError, match="ended with exit code 1") as caught,
        host.running(crashing, any_target) as link,
        Device(link),
    ):
        pass
    assert "AddressSanitizer" in caught.value.hint

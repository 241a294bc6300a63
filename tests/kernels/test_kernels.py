"""Every kernel x its cases x the numpy reference, exact equality, on the host and emulated.

The generated C of every case is built into one firmware whose console is runner.c: on the host
with the address and undefined-behaviour sanitizers, and for an emulated board.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from edgekit import builder, emulators, targets, transports
from edgekit.emulators import Link, host
from tests.support.cases import load_cases, ops_with_cases
from tests.support.kernel_bundle import write_bundle
from tests.support.tools import needs_emulator

# The board with room for all cases of an op at once.
TARGET = max(targets.all_boards(), key=lambda target: target.ram_bytes)
LIMIT_S = 120.0


@pytest.mark.parametrize("op", ops_with_cases())
def test_host(op: str, tmp_path: Path) -> None:
    write_bundle(tmp_path / "firmware", load_cases(op), TARGET, samples=2)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, TARGET) as link:
        _expect_all_right(link, op)


@pytest.mark.emulated
@pytest.mark.parametrize("op", ops_with_cases())
def test_emulator(op: str, tmp_path: Path) -> None:
    needs_emulator(TARGET)
    write_bundle(tmp_path / "firmware", load_cases(op), TARGET, samples=2)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        _expect_all_right(link, op)


def _expect_all_right(link: Link, op: str) -> None:
    """Read what the runner prints up to its last line."""
    text = b""
    end = time.monotonic() + LIMIT_S
    with transports.open_link(link.url, link.baud) as line:
        line.timeout = 1.0
        line.write(b"!")
        while b"cases " not in text or not text.endswith(b"\n"):
            assert time.monotonic() < end, text
            text += line.read(256)
    assert text.decode() == f"cases {len(load_cases(op))} failed 0\n"

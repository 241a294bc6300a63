"""The firmware's counter of the core's cycles, called in C on a page that stands for the core's
own registers: no emulator here has them.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit import proc, resources
from tests.support.tiny import need

PAGES, LENGTH = 0xE0000000, 0x10000
READ_WRITE = 3
PRIVATE_ANONYMOUS_AT = 0x02 | 0x20 | 0x100000  # MAP_FIXED_NOREPLACE: nothing else is there
DEMCR, DWT_CTRL = 0xE000EDFC, 0xE0001000
TRACE, COUNTER = 1 << 24, 1
SYST_CSR = 0xE000E010

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or sys.maxsize < 2**32, reason="maps pages at an Arm core's addresses"
)


@pytest.fixture
def registers() -> Iterator[None]:
    """Zeroed memory where an Arm core has its system registers."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    at, length = ctypes.c_void_p(PAGES), ctypes.c_size_t(LENGTH)
    found = libc.mmap(at, length, READ_WRITE, PRIVATE_ANONYMOUS_AT, -1, ctypes.c_long(0))
    assert found == PAGES, ctypes.get_errno()
    yield
    libc.munmap(at, length)


def register(address: int) -> ctypes.c_uint32:
    return ctypes.c_uint32.from_address(address)


def core(architecture: str, folder: Path) -> ctypes.CDLL:
    need("cc")
    root = resources.templates_folder()
    library = folder / f"{architecture}.so"
    flags = ["-shared", "-fPIC", "-std=c11", "-Wno-int-to-pointer-cast"]
    folders = [f"-I{root / name}" for name in ("include", "harness")]
    source = root / "startup" / architecture / "core.c"
    proc.run(["cc", *flags, *folders, source, "-o", library])
    return ctypes.CDLL(str(library))


@pytest.mark.parametrize("counter", [0, COUNTER])
@pytest.mark.parametrize("trace", [0, TRACE])
@pytest.mark.usefixtures("registers")
def test_what_traces_or_counts_already_goes_on(trace: int, counter: int, tmp_path: Path) -> None:
    code = core("armv7m", tmp_path)
    others = 0x00100400, 0x40000000
    register(DEMCR).value, register(DWT_CTRL).value = others[0] | trace, others[1] | counter
    code.ek_core_count(True)
    assert register(DEMCR).value == others[0] | TRACE
    assert register(DWT_CTRL).value == others[1] | COUNTER
    code.ek_core_count(False)
    assert register(DEMCR).value == others[0] | trace
    assert register(DWT_CTRL).value == others[1] | counter


@pytest.mark.parametrize("mode", [0, 5, 7])
@pytest.mark.usefixtures("registers")
def test_a_running_systick_runs_on(mode: int, tmp_path: Path) -> None:
    code = core("armv6m", tmp_path)
    register(SYST_CSR).value = mode
    for _ in range(2):
        code.ek_core_count(True)
        assert register(SYST_CSR).value == (mode or 5)
        code.ek_core_count(False)
        assert register(SYST_CSR).value == mode

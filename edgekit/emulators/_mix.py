"""The mix of instructions that an inference executes, counted by a plugin in QEMU."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from edgekit import proc
from edgekit.emulators import qemu
from edgekit.emulators._link import Link
from edgekit.errors import DeviceError, ToolError
from edgekit.targets import INSTRUCTION_CLASSES, Target

_SOURCES = Path(__file__).parent / "plugin"
_FLAGS = ("-std=gnu11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden")


@dataclass(frozen=True, slots=True)
class Window:
    """What ran between the start of a function and the end of its measurement.

    Attributes:
        function: its name.
        counts: one for each of targets.INSTRUCTION_CLASSES.
    """

    function: str
    counts: tuple[int, ...]


@contextlib.contextmanager
def mixing(
    elf: Path, target: Target, functions: tuple[str, ...], end: str
) -> Iterator[tuple[Link, Callable[[], list[Window]]]]:
    """A board in QEMU whose executed instructions are counted by class.

    Args:
        elf: the image.
        target: its board, with a Cortex-M core.
        functions: windows begin where these begin, unless one is open.
        end: a window ends when this function runs again: the one that called.

    Yields:
        Where the board is, and a function that reads the windows so far.

    Raises:
        ToolError: no C compiler, a QEMU that takes no plugins, or another core.
        DeviceError: the image lacks a function, or QEMU ended while the block ran.
    """
    if not target.core.toolchain.startswith("arm-"):
        raise ToolError(f"the instructions of the core {target.core.name} are not told apart")
    places = _functions(elf)
    missing = [name for name in (*functions, end) if name not in places]
    if missing:
        raise DeviceError(f"the image {elf} has no function {', '.join(missing)}")
    names = {places[name][0]: name for name in functions}
    low, size = places[end]
    with tempfile.TemporaryDirectory(prefix="edgekit-mix-") as folder:
        plugin, log = Path(folder) / "mix.so", Path(folder) / "windows"
        _build(plugin)
        arguments = [str(plugin), f"log={log}", *(f"begin={address}" for address in names)]
        arguments += [f"end_low={low}", f"end_high={low + size}"]
        options = ["-plugin", ",".join(arguments)]

        def windows() -> list[Window]:
            return [_window(line, names) for line in log.read_text(encoding="ascii").splitlines()]

        with qemu.running(elf, target, count=False, options=options) as link:
            yield link, windows


def _build(plugin: Path) -> None:
    compiler = proc.find("cc", "apt install gcc")
    proc.run([compiler, *_FLAGS, "-o", plugin, _SOURCES / "mix.c"], timeout_s=60.0)


def _window(line: str, names: dict[int, str]) -> Window:
    address, *counts = map(int, line.split())
    if len(counts) != len(INSTRUCTION_CLASSES) or address not in names:
        raise ToolError(f"the emulator's plugin wrote what can't be read: {line!r}")
    return Window(names[address], tuple(counts))


def _functions(elf: Path) -> dict[str, tuple[int, int]]:
    """Address, without the bit that says Thumb, and size of every function."""
    with elf.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        if not isinstance(table, SymbolTableSection):
            return {}
        return {
            s.name: (s["st_value"] & ~1, s["st_size"])
            for s in table.iter_symbols()
            if s["st_info"]["type"] == "STT_FUNC"
        }

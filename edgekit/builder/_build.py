"""Drives CMake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edgekit import proc
from edgekit.builder import sizes
from edgekit.errors import DoesNotFitError, ToolError

_ERROR = re.compile(r"\berror:|undefined reference|multiple definition|edgekit: |CMake Error")
_CMAKE = "apt install cmake, or pip install cmake"
_TOOLS = {
    "arm-none-eabi-gcc": "apt install gcc-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "apt install gcc-riscv64-unknown-elf",
    "cc": "apt install gcc",
}


@dataclass(frozen=True, slots=True)
class Firmware:
    """A build.

    Attributes:
        elf: the console; a program of the PC if it was built for the host.
        stub: the user's application; None for the host.
        sizes: of the console.
    """

    elf: Path
    stub: Path | None
    sizes: sizes.Sizes


def build(
    firmware: Path, build_dir: Path, *, host: bool = False, sanitize: bool = False
) -> Firmware:
    """Build a firmware folder.

    Args:
        firmware: the folder with CMakeLists.txt.
        build_dir: where the objects go; made if need be, reused if it is there.
        host: build the console for this PC.
        sanitize: with address and undefined behaviour sanitizers (host only).

    Raises:
        ToolError: CMake or the compiler is missing, or the code does not compile (with the
            compiler's first messages).
        DoesNotFitError: the image is larger than the board's memory; says by how much.
    """
    if not (firmware / "CMakeLists.txt").is_file():
        raise ToolError(f"there is no firmware project in {firmware}", "run `edgekit convert`")
    cmake = proc.find("cmake", _CMAKE)
    _check_compiler(firmware, host)
    generator = ["-G", "Ninja"] if _has("ninja") else []
    if (build_dir / "CMakeCache.txt").is_file():
        generator = []
    options = [f"-DEK_TARGET={'host' if host else 'board'}"]
    options.append(f"-DEK_SANITIZE={'ON' if sanitize else 'OFF'}")
    _cmake([cmake, "-S", firmware, "-B", build_dir, *generator, *options])
    _cmake([cmake, "--build", build_dir, "--parallel", "2"])
    elf = build_dir / ("console" if host else "console.elf")
    return Firmware(elf, None if host else build_dir / "stub.elf", sizes.read(elf))


def _has(tool: str) -> bool:
    try:
        proc.find(tool)
    except ToolError:
        return False
    return True


def _check_compiler(firmware: Path, host: bool) -> None:
    """CMake's own message about a missing compiler is long and hides its name."""
    if host:
        compiler = "cc"
    else:
        text = (firmware / "toolchain.cmake").read_text(encoding="utf-8")
        found = re.search(r"CMAKE_C_COMPILER (\S+?)\)", text)
        compiler = found.group(1) if found else "gcc"
    proc.find(compiler, _TOOLS.get(compiler, ""))


def _cmake(command: list[str | Path]) -> None:
    done = proc.run(command, check=False, timeout_s=900.0)
    if done.returncode == 0:
        return
    log = done.stdout + done.stderr
    overflow = re.findall(r"region `(\w+)' overflowed by (\d+) bytes", log)
    if overflow:
        lines = dict(overflow)
        text = ", ".join(f"{name} by {int(size):,} bytes" for name, size in lines.items())
        raise DoesNotFitError(
            f"the firmware is larger than the board's memory: {text}",
            "take a smaller model or a larger board: `edgekit boards`",
        )
    raise ToolError("the firmware does not build", _first_errors(log))


def _first_errors(log: str, count: int = 8) -> str:
    """The lines that say what is wrong, not the hundred that follow from it."""
    wrong = [line for line in log.splitlines() if _ERROR.search(line)]
    chosen = wrong[:count] or log.strip().splitlines()[-count:]
    return "\n".join(line[:300] for line in chosen)

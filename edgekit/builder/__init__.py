"""Writes the firmware's project files, builds them with CMake and reads the sizes of the result."""

from edgekit.builder import sizes
from edgekit.builder._build import Firmware, build
from edgekit.builder._project import CONSOLE_RAM_BYTES, console_ram_bytes, project_tree
from edgekit.builder.sizes import Sizes

__all__ = [
    "CONSOLE_RAM_BYTES",
    "Firmware",
    "Sizes",
    "build",
    "console_ram_bytes",
    "project_tree",
    "sizes",
]

"""Writes the firmware's project files, builds them with CMake and reads the sizes of the result."""

from edgekit.builder import sizes
from edgekit.builder._build import Firmware, build
from edgekit.builder._project import project_tree
from edgekit.builder.sizes import Sizes

#: RAM of the console beside the stack, the arena and its copy of the input: the receive ring, the
#: frame buffers and the clock. A test holds it against the linked image.
CONSOLE_RAM_BYTES = 1152

__all__ = ["CONSOLE_RAM_BYTES", "Firmware", "Sizes", "build", "project_tree", "sizes"]

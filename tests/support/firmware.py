"""The mark of tests that run firmware in an emulator."""

from __future__ import annotations

import shutil

import pytest

_TOOLS = ("arm-none-eabi-gcc", "qemu-system-arm", "cmake")
_MISSING = [tool for tool in _TOOLS if shutil.which(tool) is None]

needs_emulator = [
    pytest.mark.emulated,
    pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}"),
]

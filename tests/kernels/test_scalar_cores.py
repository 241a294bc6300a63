"""The kernels for cores without SIMD: every case x the numpy reference, on each such core.

test_kernels.py runs them on the roomiest board, whose core has better kernels.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.targets import Target
from tests.kernels.test_kernels import emulate, on_host
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import load_cases
from tests.support.kernel_bundle import beyond
from tests.support.tools import needs_emulator

OPS = ("conv_2d", "depthwise_conv_2d", "fully_connected")
CASES = [case for op in OPS for case in load_cases(op)]
TARGETS = [t for t in roomiest_of_each_core() if "dsp" not in t.core.features]
# The Cortex-M0's and M3's kernels have one twin in C.
ON_HOST = [t for t in TARGETS if "thumb2" not in t.core.features]
OWN = beyond(roomiest())


@pytest.mark.parametrize("target", ON_HOST, ids=lambda target: target.core.name)
def test_host(target: Target, tmp_path: Path) -> None:
    on_host(tmp_path, CASES, target, 2, OWN)


@pytest.mark.emulated
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.core.name)
def test_emulator(target: Target, tmp_path: Path) -> None:
    needs_emulator(target)
    emulate(tmp_path, CASES, target, 2, OWN)

"""The kernels for cores without SIMD: every case x the numpy reference, on each such core.

test_kernels.py runs them on the roomiest board, whose core has better kernels.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import builder, emulators
from edgekit.emulators import host
from edgekit.targets import Target
from tests.kernels.test_kernels import expect_all_right
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import load_cases
from tests.support.kernel_bundle import beyond, write_bundle
from tests.support.tools import needs_emulator

OPS = ("conv_2d", "depthwise_conv_2d", "fully_connected")
CASES = [
    pytest.param(op, target, id=f"{op}-{target.core.name}")
    for op in OPS
    for target in roomiest_of_each_core()
    if "dsp" not in target.core.features
]
# The Cortex-M0's and M3's kernels have one twin in C.
ON_HOST = [case for case in CASES if "thumb2" not in case.values[1].core.features]
OWN = beyond(roomiest())


@pytest.mark.parametrize(("op", "target"), ON_HOST)
def test_host(op: str, target: Target, tmp_path: Path) -> None:
    models = write_bundle(tmp_path / "firmware", load_cases(op), target, 2, OWN)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, models)


@pytest.mark.emulated
@pytest.mark.parametrize(("op", "target"), CASES)
def test_emulator(op: str, target: Target, tmp_path: Path) -> None:
    needs_emulator(target)
    models = write_bundle(tmp_path / "firmware", load_cases(op), target, 2, OWN)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, target, count=False) as link:
        expect_all_right(link, models)

"""A board whose firmware leaves the core's own instructions unused says so, run in its emulator."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgekit import builder, emulators, resources, targets
from edgekit.harness.session import Device
from edgekit.harness.system import read_system
from tests.support import tiny
from tests.support.firmware import needs_emulator

pytestmark = needs_emulator


def test_a_core_built_without_dsp(tmp_path: Path) -> None:
    root = resources.targets_folder()
    board = tmp_path / "slow_board"
    shutil.copytree(root / "boards" / "netduino_plus_2", board)
    shutil.copytree(root / "socs" / "stm32f405", board / "stm32f405")
    soc = board / "stm32f405" / "soc.toml"
    soc.write_text(soc.read_text().replace("cortex_m4f", "cortex_m3_soft"))
    target = targets.load_board(str(board))
    firmware = builder.build(tiny.write_project(target, tmp_path / "fw"), tmp_path / "build")
    with (
        emulators.running(firmware.elf, target, count=False) as link,
        Device(link) as device,
    ):
        report = read_system(device, target)
    assert report is not None
    assert [each.text for each in report.warnings] == [
        "the chip has a Cortex-M4, the firmware was built for a Cortex-M3",
        "Cortex-M4 built without DSP",
        "Cortex-M4 built without FPU",
    ]
    assert "DSP: NOT USED" in report.line()

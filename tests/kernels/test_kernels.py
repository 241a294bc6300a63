"""Every variant x its cases x the numpy reference, exact equality, on the host and emulated.

The generated C of every case is built into one firmware whose console is runner.c: on the host
with the address and undefined-behaviour sanitizers, and for an emulated board.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from edgekit import builder, emulators, registry, transports
from edgekit.emulators import Link, host
from edgekit.errors import DoesNotFitError
from edgekit.targets import Target
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import Case, load_cases, ops_with_cases
from tests.support.kernel_bundle import Selections, beyond, every_variant, write_bundle
from tests.support.tools import needs_emulator

LIMIT_S = 120.0


def _targets(op: str) -> list[Target]:
    """Boards with room for all cases of an op at once: one, and one of each core that has a
    variant of the op which that one lacks."""
    found = [roomiest()]
    wanted = [v.REQUIRES for v in registry.load_all("edgekit.kernels").values() if op == v.OP]
    for target in roomiest_of_each_core():
        features = target.core.features
        if any(
            need <= features and all(not need <= t.core.features for t in found) for need in wanted
        ):
            found.append(target)
    return found


# The first target of an op has every kernel that others share with it tested.
CASES = [
    pytest.param(
        op, target, beyond(*_targets(op.upper())[:position]), id=f"{op}-{target.core.name}"
    )
    for op in ops_with_cases()
    for position, target in enumerate(_targets(op.upper()))
]


@pytest.mark.parametrize(("op", "target", "selections"), CASES)
def test_host(op: str, target: Target, selections: Selections, tmp_path: Path) -> None:
    models = write_bundle(tmp_path / "firmware", load_cases(op), target, 2, selections)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, models)


@pytest.mark.emulated
@pytest.mark.parametrize(("op", "target", "selections"), CASES)
def test_emulator(op: str, target: Target, selections: Selections, tmp_path: Path) -> None:
    needs_emulator(target)
    emulate(tmp_path, load_cases(op), target, 2, selections)


def emulate(
    folder: Path,
    cases: Sequence[Case],
    target: Target,
    samples: int,
    selections: Selections = every_variant,
) -> None:
    """Expect all to be right; in halves where all at once are too large for the board."""
    models = write_bundle(folder / "firmware", cases, target, samples, selections)
    try:
        firmware = builder.build(folder / "firmware", folder / "b")
    except DoesNotFitError:
        assert len(cases) > 1, cases[0].name
        half = len(cases) // 2
        emulate(folder / "0", cases[:half], target, samples, selections)
        emulate(folder / "1", cases[half:], target, samples, selections)
        return
    with emulators.running(firmware.elf, target, count=False) as link:
        expect_all_right(link, models)


def expect_all_right(link: Link, count: int) -> None:
    """Read what the runner prints up to its last line."""
    text = b""
    end = time.monotonic() + LIMIT_S
    with transports.open_link(link.url, link.baud) as line:
        line.timeout = 1.0
        while b"cases " not in text or not text.endswith(b"\n"):
            assert time.monotonic() < end, text
            if not text:
                # Again and again: a port that is being set up may drop what it has received.
                line.write(b"!")
            text += line.read(256)
    assert text.decode() == f"cases {count} failed 0\n"

"""Every variant x its cases x the numpy reference, exact equality, on the host and emulated.

The generated C of every case is built into one firmware whose console is runner.c: on the host
with the address and undefined-behaviour sanitizers, and for an emulated board.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from edgekit import builder, emulators, registry, transports
from edgekit.compiler import Select
from edgekit.emulators import Link, host
from edgekit.errors import DoesNotFitError
from edgekit.ir import Graph
from edgekit.targets import Target
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import Case, load_cases, ops_with_cases
from tests.support.kernel_bundle import Selections, beyond, every_variant, write_bundle
from tests.support.tools import needs_emulator

LIMIT_S = 120.0
# Cases of a bundle: at most so many, and so many bytes of flash each, with all kernels of a core.
MOST_CASES, CASE_BYTES = 80, 12 * 1024


@functools.cache
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


def _new_there(source: Graph, target: Target) -> Iterator[Select]:
    """The kernels of an op's graph that no target has which is tested before this one."""
    (op,) = source.ops
    found = _targets(op.kind)
    yield from beyond(*found[: found.index(target)])(source, target)


def _bundles() -> Iterator[tuple[Target, tuple[str, ...]]]:
    """Targets and ops whose cases are one firmware for it: many small ones, or one with many.

    Starting CMake, compilers and emulators takes longer than most ops' cases.
    """
    ops = {target.board.name: (target, list[str]()) for target in roomiest_of_each_core()}
    ops[roomiest().board.name] = (roomiest(), [])
    for op in ops_with_cases():
        for target in _targets(op.upper()):
            ops[target.board.name][1].append(op)
    for target, all_of_them in ops.values():
        most = min(MOST_CASES, target.flash_bytes // CASE_BYTES)
        together: list[str] = []
        for op in all_of_them:
            if together and sum(len(load_cases(o)) for o in (*together, op)) > most:
                yield target, tuple(together)
                together = []
            together.append(op)
        if together:
            yield target, tuple(together)


BUNDLES = [
    pytest.param(target, ops, id=f"{'+'.join(ops)}-{target.core.name}")
    for target, ops in _bundles()
]


def _cases(ops: Sequence[str]) -> list[Case]:
    return [case for op in ops for case in load_cases(op)]


def test_every_op_is_in_a_bundle_of_every_target() -> None:
    found = Counter((t.board.name, op) for t, ops in _bundles() for op in ops)
    wanted = [(t.board.name, op) for op in ops_with_cases() for t in _targets(op.upper())]
    assert found == Counter(wanted)


@pytest.mark.parametrize(("target", "ops"), BUNDLES)
def test_host(target: Target, ops: Sequence[str], tmp_path: Path) -> None:
    on_host(tmp_path, _cases(ops), target, 2, _new_there)


@pytest.mark.emulated
@pytest.mark.parametrize(("target", "ops"), BUNDLES)
def test_emulator(target: Target, ops: Sequence[str], tmp_path: Path) -> None:
    needs_emulator(target)
    emulate(tmp_path, _cases(ops), target, 2, _new_there)


def on_host(
    folder: Path,
    cases: Sequence[Case],
    target: Target,
    samples: int,
    selections: Selections = every_variant,
) -> None:
    """Expect all to be right on this PC, with the sanitizers."""
    models = write_bundle(folder / "firmware", cases, target, samples, selections)
    firmware = builder.build(folder / "firmware", folder / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, models)


def emulate(
    folder: Path,
    cases: Sequence[Case],
    target: Target,
    samples: int,
    selections: Selections = every_variant,
) -> None:
    """Expect all to be right emulated; in halves where all at once are too large for the board."""
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

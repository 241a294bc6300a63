"""Networks with as many streams as there can be x the numpy reference, exact equality."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from edgekit import builder, emulators, kernels, passes, streaming
from edgekit.compiler import Stream
from edgekit.emulators import host
from edgekit.kernels import Goal
from edgekit.targets import Target
from tests.kernels.test_kernels import expect_all_right
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import Case
from tests.support.kernel_bundle import chosen, write_bundle
from tests.support.streamed_networks import streamed_network
from tests.support.tools import needs_emulator

TARGET = roomiest()
OWN = chosen(Goal.BALANCED)
OTHERS = [t for t in roomiest_of_each_core() if t.core.name != TARGET.core.name]
# Cores with the same features have the same kernels: their twins in C would be run again.
OTHER_KERNELS = [t for t in OTHERS if t.core.features != TARGET.core.features]
CASES = tuple(Case("streams", f"network_{seed}", streamed_network(seed)) for seed in range(16))


def _forced(rows: int) -> Stream:
    return functools.partial(streaming.forced, rows=rows)


def test_most_networks_are_streamed() -> None:
    """Or they show nothing."""
    found = []
    for case in CASES:
        graph = passes.run(case.graph)
        options = [kernels.candidates(op, graph, TARGET) for op in graph.ops]
        choices = kernels.best(options, Goal.BALANCED)
        made = streaming.forced(graph, choices, TARGET, Goal.BALANCED, rows=1)
        found += [stream for stream in made.plan.streams if len(stream.steps) > 2]
    assert len(found) > len(CASES) * 3 / 4
    assert sum(len(stream.positions) > 2 for stream in found) > len(CASES) / 3


def _check_host(target: Target, cases: tuple[Case, ...], folder: Path, rows: int) -> None:
    write_bundle(folder / "firmware", cases, target, 2, OWN, _forced(rows))
    firmware = builder.build(folder / "firmware", folder / "b", host=True, sanitize=True)
    with host.running(firmware.elf, target) as link:
        expect_all_right(link, len(cases))


@pytest.mark.parametrize("rows", [1, 3])
def test_host(tmp_path: Path, rows: int) -> None:
    _check_host(TARGET, CASES[rows // 2 :: 2], tmp_path, rows)


@pytest.mark.slow
@pytest.mark.parametrize("target", OTHER_KERNELS, ids=lambda target: target.core.name)
def test_host_with_the_kernels_of_another_core(target: Target, tmp_path: Path) -> None:
    _check_host(target, CASES[::3], tmp_path, 2)


@pytest.mark.emulated
@pytest.mark.parametrize("target", [TARGET, *OTHERS], ids=lambda target: target.core.name)
def test_emulator(tmp_path: Path, target: Target) -> None:
    needs_emulator(target)
    cases = CASES if target is TARGET else CASES[::3]
    models = write_bundle(tmp_path / "firmware", cases, target, 2, OWN, _forced(2))
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, target, count=False) as link:
        expect_all_right(link, models)

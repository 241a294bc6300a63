from __future__ import annotations

import hashlib

import pytest

from edgekit.emulators import Link
from edgekit.errors import InputError
from edgekit.harness import measure
from edgekit.harness.session import Device
from edgekit.targets import Target
from tests.support.lines import FakeDevice
from tests.support.tiny import op_outputs, random_input


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    assert measure.percentile(values, 90) == 90
    assert measure.percentile(values, 99) == 99
    assert measure.percentile(values, 100) == 100
    assert measure.percentile(values, 0) == 1
    assert measure.percentile([7.0], 99) == 7


def test_median() -> None:
    assert measure.median([3, 1, 2]) == 2
    assert measure.median([4, 1, 2, 3]) == 2.5


def test_statistics() -> None:
    found = measure.statistics([10.0, 12.0, 11.0, 30.0])
    assert (found.count, found.median, found.p90, found.p99, found.spread) == (4, 11.5, 30, 30, 20)
    with pytest.raises(InputError, match="no measurements"):
        measure.statistics([])


def test_bench_in_an_emulator(any_target: Target) -> None:
    link = Link("memory", emulated=True, instructions_per_tick=0.5)
    data = random_input(2)
    with Device(link, FakeDevice()) as device:
        found = measure.bench(device, any_target, [data], runs=2)
    assert (found.where, found.board) == ("emulator", any_target.board.name)
    assert found.instructions == 50
    assert found.latency_us is None
    assert found.warm_up_us == ()
    assert found.stack_bytes == 100
    assert [op.instructions for op in found.ops] == [25, 25]
    assert found.output_sha256 == hashlib.sha256(op_outputs(data)[1]).hexdigest()


def test_bench_on_a_port(any_target: Target) -> None:
    line = FakeDevice()
    with Device(Link("memory"), line) as device:
        found = measure.bench(device, any_target, [random_input(2)], runs=5, warm_up=2)
    assert found.where == "port"
    assert found.instructions is None
    assert found.latency_us is not None
    assert (found.latency_us.count, found.latency_us.median) == (5, 100_000.0)
    assert len(found.warm_up_us) == 2
    assert [op.latency_us for op in found.ops] == [50_000.0] * 2


def test_bench_refuses_no_runs(any_target: Target) -> None:
    with Device(Link("memory"), FakeDevice()) as device, pytest.raises(InputError, match="0 runs"):
        measure.bench(device, any_target, [random_input(2)], runs=0)

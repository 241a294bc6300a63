from __future__ import annotations

import hashlib

import pytest

from edgekit.emulators import Link
from edgekit.errors import InputError
from edgekit.harness import measure
from edgekit.harness.clock import MisfitError, hold_to_wait
from edgekit.harness.session import Device, Timing
from edgekit.targets import Target
from tests.support.lines import FakeDevice, TimedDevice
from tests.support.tiny import op_outputs, random_input


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
    with Device(Link("memory"), TimedDevice([0.04, 0.04, 0.02])) as device:
        found = measure.bench(device, any_target, [random_input(2)], runs=5, warm_up=2)
    assert found.where == "port"
    assert found.instructions is None
    assert found.latency_us is not None
    assert found.latency_us.count == len(found.latencies_us) == 5
    assert found.latency_us.median == 20_000
    assert found.warm_up_us == (40_000, 40_000)
    assert [op.latency_us for op in found.ops] == [10_000.0] * 2
    assert found.profile_overhead == 0
    assert found.clock is not None
    assert found.clock.ratio == pytest.approx(1.0, abs=0.01)
    assert found.stable is None


@pytest.mark.parametrize("clock", [0.9, 10.5])
def test_a_clock_that_is_not_the_computers_is_refused(clock: float, any_target: Target) -> None:
    """At 10.5 the first latency is longer than its answer took; at 0.9 the clocks drift apart."""
    with (
        Device(Link("memory"), TimedDevice(clock=clock)) as device,
        pytest.raises(MisfitError, match=r"0\.9\d+ s of each second|its answer was there after"),
    ):
        measure.bench(device, any_target, [random_input(2)], runs=3)


def test_a_timer_that_turns_over_is_refused() -> None:
    timing = Timing(1000, 10**9, None, 1.0, 4.5)
    with pytest.raises(MisfitError, match="turns over after 4 s"):
        hold_to_wait(timing)
    hold_to_wait(Timing(10**9, 10**9, None, 1e6, 1.0))


@pytest.mark.parametrize("ops", [(2.0, 2.0), (0.1, 0.1)])
def test_ops_that_do_not_add_up_are_refused(ops: tuple[float, float], any_target: Target) -> None:
    with (
        Device(Link("memory"), TimedDevice(ops=ops)) as device,
        pytest.raises(MisfitError, match="the ops one by one take"),
    ):
        measure.bench(device, any_target, [random_input(2)], runs=3)


def test_counts_that_differ_are_refused(any_target: Target) -> None:
    link = Link("memory", emulated=True, instructions_per_tick=1.0)
    with (
        Device(link, TimedDevice([0.01, 0.02, 0.03, 0.04])) as device,
        pytest.raises(MisfitError, match="for the same inference"),
    ):
        measure.bench(device, any_target, [random_input(2)], runs=4, warm_up=0)


def test_until_stable_goes_on_while_the_medians_move(
    any_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    settling = [0.06 / (i + 1) + 0.05 for i in range(12)]
    exact = iter(range(1000))
    line = TimedDevice(settling)

    def invoke(device: Device) -> Timing:
        """As the device's, without the scatter of this computer."""
        ticks = round(1e6 * settling[min(next(exact), 11)])
        return Timing(ticks, 1_000_000, None, float(ticks), ticks / 1e6)

    monkeypatch.setattr(measure, "_invoke", invoke)
    with Device(Link("memory"), line) as device:
        found = measure.bench(
            device, any_target, [random_input(2)], runs=3, warm_up=0, until_stable=True
        )
    assert found.stable is True
    assert 18 <= len(found.latencies_us) <= 24
    assert found.latency_us is not None
    assert found.latency_us.drift < -1000


def test_until_stable_gives_up(any_target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(100_000))

    def invoke(device: Device) -> Timing:
        ticks = 20_000 + 300 * next(numbers)
        return Timing(ticks, 1_000_000, None, float(ticks), 9.0)

    monkeypatch.setattr(measure, "_invoke", invoke)
    monkeypatch.setattr(measure, "_MOST_BATCHES", 4)
    with Device(Link("memory"), TimedDevice()) as device:
        found = measure.bench(
            device, any_target, [random_input(2)], runs=2, warm_up=0, until_stable=True
        )
    assert (found.stable, len(found.latencies_us)) == (False, 8)


def test_bench_refuses_no_runs(any_target: Target) -> None:
    with Device(Link("memory"), FakeDevice()) as device, pytest.raises(InputError, match="0 runs"):
        measure.bench(device, any_target, [random_input(2)], runs=0)

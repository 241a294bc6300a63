"""A board that runs when asked, a simulated kit at its supply, and the real packages between."""

from __future__ import annotations

import pytest

from edgekit import meters
from edgekit.emulators import Link
from edgekit.errors import InputError
from edgekit.harness.clock import MisfitError
from edgekit.harness.energy import MARKER, EnergyError, energy_of
from edgekit.harness.energy_run import sample_run
from edgekit.harness.session import Device
from edgekit.meters import Settings
from tests.support.instruments import LivePpk2
from tests.support.lines import FakeDevice, TimedDevice
from tests.support.tiny import random_input

pytest.importorskip("ppk2_api", reason="needs the extra ppk2")

IDLE_A, ACTIVE_A, LATENCY_S, RUNS = 2e-3, 20e-3, 0.1, 10


def test_the_meter_and_the_board_agree() -> None:
    kit = LivePpk2(IDLE_A, ACTIVE_A)
    line = TimedDevice([LATENCY_S], running=kit.running, measured=True)
    with (
        kit,
        meters.open_meter(f"ppk2:{kit.path}", Settings(voltage_v=3.3)) as meter,
        Device(Link("memory"), line) as device,
    ):
        device.write_inputs([random_input(1)])
        capture, run = sample_run(device, meter, RUNS, 0.4)
    assert (run.count, run.idle_s, run.clock_confirmed) == (RUNS, 0.4, True)
    assert run.latency_s is not None
    assert run.latency_s >= LATENCY_S
    assert capture.lost == 0
    found = energy_of(capture, run, None)
    assert (found.method, found.inferences) == (MARKER, RUNS)
    assert found.clock_ratio == pytest.approx(1.0, abs=0.01)
    # A step of the kit's converter is 45 µA in this range.
    assert found.idle_ma == pytest.approx(2.0, abs=0.023)
    expected = (ACTIVE_A - IDLE_A) * 3.3 * run.latency_s * 1e6
    assert found.net_uj == pytest.approx(expected, rel=0.005)


def test_a_marker_that_is_elsewhere() -> None:
    kit = LivePpk2(IDLE_A, ACTIVE_A)
    with (
        kit,
        meters.open_meter(f"ppk2:{kit.path}", Settings(voltage_v=3.3)) as meter,
        Device(Link("memory"), TimedDevice([0.01])) as device,
    ):
        device.write_inputs([random_input(1)])
        capture, run = sample_run(device, meter, 2, 0.2)
    with pytest.raises(EnergyError, match="never moved"):
        energy_of(capture, run, None)


def test_a_board_with_a_wrong_clock() -> None:
    kit = LivePpk2(IDLE_A, ACTIVE_A)
    with (
        kit,
        meters.open_meter(f"ppk2:{kit.path}", Settings(voltage_v=3.3)) as meter,
        Device(Link("memory"), TimedDevice([0.01], clock=0.8)) as device,
    ):
        device.write_inputs([random_input(1)])
        with pytest.raises(MisfitError, match="of each second of this computer"):
            sample_run(device, meter, 2, 0.2)


def test_runs_and_rest_must_be_enough() -> None:
    meter = meters.open_meter("ppk2:x", Settings(voltage_v=3.3))
    with Device(Link("memory"), FakeDevice()) as device:
        for runs, idle_s in ((0, 1.0), (5, 0.05)):
            with pytest.raises(InputError, match="rest"):
                sample_run(device, meter, runs, idle_s)

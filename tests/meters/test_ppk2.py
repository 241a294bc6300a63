"""Nordic's kit, simulated on a pty, through the real ppk2-api and pyserial."""

from __future__ import annotations

import time

import numpy as np
import pytest

from edgekit import meters
from edgekit.harness.energy import Run, energy_of
from edgekit.meters import Capture, MeterError, Settings
from tests.support.instruments import SimulatedPpk2
from tests.support.waveforms import Waveform

pytest.importorskip("ppk2_api", reason="needs the extra ppk2")

WAVE = Waveform(count=8, latency_s=0.03, rest_s=0.4, idle_a=3e-3, low_a=18e-3, high_a=90e-3)
SETTINGS = Settings(voltage_v=3.3)


def play(kit: SimulatedPpk2, settings: Settings = SETTINGS) -> Capture:
    with kit, meters.open_meter(f"ppk2:{kit.path}", settings) as meter:
        meter.start()
        assert kit.played.done.wait(60)
        time.sleep(0.1)
        return meter.stop()


def test_energy_through_the_whole_chain() -> None:
    kit = SimulatedPpk2(WAVE)
    capture = play(kit)
    assert capture.lost == 0
    assert np.allclose(np.diff(capture.time_s), 1e-5)
    found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, WAVE.rest_s), None)
    # The library filters three samples at each change of the range.
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.005)
    assert found.idle_ma == pytest.approx(3.0, rel=0.005)
    assert found.peak_ma == pytest.approx(90, rel=0.02)
    assert found.clock_ratio == pytest.approx(1.0, abs=0.001)


def test_it_is_set_up_as_an_ammeter_or_as_a_supply() -> None:
    kit = SimulatedPpk2(WAVE)
    with kit, meters.open_meter(f"ppk2:{kit.path}", SETTINGS):
        pass
    assert b"\x11\x01" in kit.commands
    assert b"\x0c\x00" not in kit.commands  # somebody else's supply stays on
    kit = SimulatedPpk2(WAVE)
    with kit, meters.open_meter(f"ppk2:{kit.path}", Settings(voltage_v=1.8, supply=True)):
        time.sleep(0.1)
        assert kit.commands[-3:] == [b"\x11\x02", b"\x0d\x07\x08", b"\x0c\x01"]
    time.sleep(0.1)
    assert kit.commands[-1] == b"\x0c\x00"


def test_lost_samples_are_counted_and_bridged() -> None:
    lost = frozenset({1_000, 1_001, 50_500, 50_501, 50_502})
    capture = play(SimulatedPpk2(WAVE, lost=lost))
    assert capture.lost == len(lost)
    assert np.diff(capture.time_s).max() == pytest.approx(4e-5)
    found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, WAVE.rest_s), None)
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.005)


def test_a_stream_out_of_step_is_refused() -> None:
    lost = frozenset(range(10, 90_000, 7))
    with pytest.raises(MeterError, match="out of step"):
        play(SimulatedPpk2(WAVE, lost=lost))


def test_another_input_is_another_signal() -> None:
    capture = play(SimulatedPpk2(WAVE), Settings(voltage_v=3.3, marker_input=3))
    assert capture.marker is not None
    assert not capture.marker.any()


def test_no_calibration() -> None:
    kit = SimulatedPpk2(WAVE, broken=True)
    with kit, pytest.raises(MeterError, match="does not send its calibration"):
        meters.open_meter(f"ppk2:{kit.path}", SETTINGS).__enter__()


def test_no_such_port_and_no_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MeterError, match="can't use the PPK2 at /dev/nothing-here"):
        meters.open_meter("ppk2:/dev/nothing-here", SETTINGS).__enter__()
    monkeypatch.setattr("serial.tools.list_ports.comports", list)
    with pytest.raises(MeterError, match="no PPK2 is plugged in"):
        meters.open_meter("ppk2", SETTINGS).__enter__()


def test_the_voltage_must_be_known_and_possible() -> None:
    with pytest.raises(MeterError, match="does not measure the voltage"):
        meters.open_meter("ppk2:x", Settings())
    with pytest.raises(MeterError, match="not at 9 V"):
        meters.open_meter("ppk2:x", Settings(voltage_v=9.0)).__enter__()

"""ST's power shield, simulated on a pty, through pyserial."""

from __future__ import annotations

import time

import pytest

from edgekit import meters
from edgekit.harness.energy import STARTS, Run, energy_of
from edgekit.meters import Capture, MeterError, Settings
from tests.support.instruments import SimulatedLpm01a
from tests.support.waveforms import Waveform

WAVE = Waveform(count=8, latency_s=0.03, rest_s=0.4, idle_a=1e-3, low_a=5e-3, high_a=25e-3)


@pytest.fixture(autouse=True)
def _quick_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgekit.meters.lpm01a._BOOT_S", 0.0)


def play(shield: SimulatedLpm01a, settings: Settings | None = None) -> Capture:
    settings = settings or Settings(voltage_v=3.3)
    with shield, meters.open_meter(f"lpm01a:{shield.path}", settings) as meter:
        meter.start()
        assert shield.played.done.wait(60)
        time.sleep(0.1)
        return meter.stop()


def test_energy_through_the_whole_chain() -> None:
    shield = SimulatedLpm01a(WAVE)
    with shield, meters.open_meter(f"lpm01a:{shield.path}", Settings(voltage_v=3.3)) as meter:
        meter.start()
        assert shield.played.done.wait(60)
        time.sleep(0.1)
        capture = meter.stop()
        found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, WAVE.rest_s), meter.accuracy)
    assert found.method == STARTS
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.005)
    assert found.idle_ma == pytest.approx(1.0, rel=0.005)
    assert found.instrument_uj == pytest.approx(0.02 * found.net_uj)


def test_it_takes_control_and_gives_it_back() -> None:
    shield = SimulatedLpm01a(WAVE)
    with shield, meters.open_meter(f"lpm01a:{shield.path}", Settings(voltage_v=1.8)):
        assert shield.commands[:3] == ["htc", "pwr off", "volt 1800m"]
        assert shield.commands[-1] == "pwr on nostatus"
    assert shield.commands[-2:] == ["pwr off", "hrc"]


def test_a_refused_command_is_named() -> None:
    shield = SimulatedLpm01a(WAVE, refuses="freq")
    with shield, pytest.raises(MeterError, match=r"refuses 'freq 10k': .*not now"):
        meters.open_meter(f"lpm01a:{shield.path}", Settings()).__enter__()


def test_lost_samples_do_not_fit_the_time_stamps() -> None:
    shield = SimulatedLpm01a(Waveform(count=8, rest_s=0.6), lost=frozenset(range(500, 550)))
    with pytest.raises(MeterError, match=r"lost samples: 0.99\d\d s arrived of 1.0000 s"):
        play(shield)


def test_too_much_current_ends_it() -> None:
    with pytest.raises(MeterError, match="overcurrent"):
        play(SimulatedLpm01a(WAVE, overrange=3000))


def test_a_port_with_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgekit.meters.lpm01a._ANSWER_S", 0.3)
    shield = SimulatedLpm01a(WAVE)
    shield.command = lambda text: None  # type: ignore[method-assign] # it says nothing
    with shield, pytest.raises(MeterError, match="does not answer 'htc'"):
        meters.open_meter(f"lpm01a:{shield.path}", Settings()).__enter__()


def test_what_it_can_not_do() -> None:
    with pytest.raises(MeterError, match="say where"):
        meters.open_meter("lpm01a", Settings())
    with pytest.raises(MeterError, match=r"not 5 V"):
        meters.open_meter("lpm01a:x", Settings(voltage_v=5.0)).__enter__()

"""Waveforms of known integral, as good and bad meters sample them: within 0.5 % of the truth."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from edgekit.harness.energy import MARKER, STARTS, WHOLE, EnergyError, Run, energy_of
from edgekit.meters import Accuracy, Capture
from tests.support.waveforms import VOLTS, Waveform

STEP = Waveform()
RAMP = Waveform(low_a=5e-3, high_a=60e-3)
WITHIN = pytest.approx


def run_of(wave: Waveform, *, confirmed: bool = False, known: bool = True) -> Run:
    latency = wave.latency_s if known else None
    return Run(wave.count, latency, wave.rest_s, clock_confirmed=confirmed)


@pytest.mark.parametrize("wave", [STEP, RAMP, Waveform(count=200, latency_s=0.00317)])
@pytest.mark.parametrize("rate_hz", [100_000, 10_000])
def test_steps_and_ramps(wave: Waveform, rate_hz: int) -> None:
    found = energy_of(wave.sampled(rate_hz), run_of(wave), None)
    assert found.method == MARKER
    assert found.gross_uj == WITHIN(wave.gross_uj, rel=0.005)
    assert found.net_uj == WITHIN(wave.net_uj, rel=0.005)
    assert found.duration_s == WITHIN(wave.latency_s, rel=0.005)
    assert found.idle_ma == WITHIN(2.0, rel=0.005)
    assert found.average_ma == WITHIN(wave.gross_uj / wave.latency_s / VOLTS / 1e3, rel=0.005)
    assert found.peak_ma == WITHIN(wave.high_a * 1e3, rel=0.005)
    assert found.clock_ratio == WITHIN(1.0, rel=0.005)
    assert len(found.each_uj) == wave.count


@pytest.mark.parametrize("seed", range(5))
def test_noise_averages_out_and_the_error_says_how_far(seed: int) -> None:
    wave = Waveform(count=40)
    found = energy_of(wave.sampled(100_000, noise_a=5e-3, seed=seed), run_of(wave), None)
    assert found.net_uj == WITHIN(wave.net_uj, rel=0.005)
    assert found.standard_error_uj is not None
    assert abs(found.net_uj - wave.net_uj) < 4 * found.standard_error_uj
    # 2,000 samples of 5 mA noise an inference, 40 inferences, and the rest known from 1 s.
    white = 5e-3 * VOLTS * wave.latency_s * 1e6
    expected = white * np.sqrt(1 / (2000 * 40) + 1 / 100_000)
    assert 0.5 * expected < found.standard_error_uj < 2 * expected


def test_the_error_is_honest_over_many_runs() -> None:
    """Two of three results lie within one standard error, 95 of 100 within two."""
    wave = Waveform(count=20, rest_s=0.3)
    off = []
    for seed in range(200):
        found = energy_of(wave.sampled(10_000, noise_a=20e-3, seed=seed), run_of(wave), None)
        assert found.standard_error_uj is not None
        off.append(abs(found.net_uj - wave.net_uj) / found.standard_error_uj)
    assert 0.55 < np.mean(np.array(off) < 1) < 0.80
    assert 0.88 < np.mean(np.array(off) < 2) < 0.99


@pytest.mark.parametrize("clock", [0.97, 0.999, 1.004, 1.05])
def test_a_slow_or_fast_clock_of_the_meter(clock: float) -> None:
    """By 0.5 % nobody is accused; beyond, the clock that the host does not confirm is corrected."""
    wave = Waveform(count=30)
    found = energy_of(wave.sampled(100_000, clock=clock), run_of(wave, confirmed=True), None)
    assert found.net_uj == WITHIN(wave.net_uj, rel=0.005)
    assert found.clock_ratio == WITHIN(clock, rel=1e-3)
    assert any("corrected" in note for note in found.notes) == (abs(clock - 1) > 0.006)


@pytest.mark.parametrize("clock", [0.97, 1.05])
def test_clocks_that_differ_are_refused_where_nobody_knows_which_is_right(clock: float) -> None:
    with pytest.raises(EnergyError, match="times the latency"):
        energy_of(STEP.sampled(100_000, clock=clock), run_of(STEP), None)


def test_another_run_is_refused() -> None:
    with pytest.raises(EnergyError, match="times the latency"):
        energy_of(
            STEP.sampled(100_000),
            Run(STEP.count, 0.01, STEP.rest_s, clock_confirmed=True),
            None,
        )


def test_uneven_sampling() -> None:
    """A bus that is polled: 40 samples an inference, their times off by up to 0.6 of the period."""
    wave = dataclasses.replace(RAMP, count=100, gap_s=0.01313)  # not in step with the samples
    rate = 2_000
    random = np.random.default_rng(3)
    count = round(wave.duration_s * rate)
    times = (np.arange(count) + random.uniform(0, 0.6, count)) / rate
    current, marker = wave.at(times)
    capture = Capture(times, current, np.full(count, VOLTS), marker.astype(bool))
    found = energy_of(capture, run_of(wave), None)
    assert found.net_uj == WITHIN(wave.net_uj, rel=0.005)


def test_only_the_starts_of_the_marker() -> None:
    whole = RAMP.sampled(10_000)
    capture = Capture(whole.time_s, whole.current_a, whole.voltage_v, starts_s=RAMP.starts)
    found = energy_of(capture, run_of(RAMP), None)
    assert found.method == STARTS
    assert found.net_uj == WITHIN(RAMP.net_uj, rel=0.005)
    with pytest.raises(EnergyError, match="saw 10 inferences, the board ran 9"):
        energy_of(capture, dataclasses.replace(run_of(RAMP), count=9), None)


def test_no_marker_at_all() -> None:
    """A slow meter that averages without a gap sees the whole run's energy."""
    wave = Waveform(count=50)
    fine = wave.sampled(100_000)
    block = 500  # 5 ms a result
    usable = len(fine.time_s) // block * block
    mean = [v[:usable].reshape(-1, block).mean(axis=1) for v in (fine.time_s, fine.current_a)]
    found = energy_of(Capture(mean[0], mean[1], np.full(len(mean[0]), VOLTS)), run_of(wave), None)
    assert found.method == WHOLE
    assert found.net_uj == WITHIN(wave.net_uj, rel=0.005)
    assert found.gross_uj == WITHIN(wave.gross_uj, rel=0.005)
    assert found.each_uj == ()
    assert any("without a marker" in note for note in found.notes)


def test_the_supply_may_sag() -> None:
    fine = STEP.sampled(50_000)
    voltage = np.where(fine.marker, 3.3, 3.1)
    capture = dataclasses.replace(fine, voltage_v=voltage)
    found = energy_of(capture, run_of(STEP), None)
    assert found.gross_uj == WITHIN(STEP.gross_uj * 3.1 / 3.3, rel=0.005)
    assert found.voltage_v == WITHIN(3.1, rel=0.001)


def test_a_power_at_rest_that_changes_is_said_and_widens_the_error() -> None:
    fine = Waveform(count=20).sampled(20_000, noise_a=1e-4)
    later = fine.time_s > fine.time_s[-1] - 0.5
    found = energy_of(
        dataclasses.replace(fine, current_a=fine.current_a + later * 2e-3),
        run_of(Waveform(count=20)),
        None,
    )
    said = re.search(r"at rest changed by \+(\d+\.\d+) mW", " ".join(found.notes))
    assert said is not None
    assert float(said[1]) == WITHIN(6.6, rel=0.005)
    assert found.standard_error_uj is not None
    assert found.standard_error_uj > 2e-3 * VOLTS / np.sqrt(12) * 0.02 * 1e6 * 0.9


def test_the_instruments_accuracy_is_kept_apart() -> None:
    accuracy = Accuracy(0.02, 1e-3, "a test")
    found = energy_of(STEP.sampled(50_000), run_of(STEP), accuracy)
    assert found.instrument_uj == WITHIN(0.02 * found.net_uj)
    offset = 1e-3 * VOLTS * STEP.latency_s * 1e6
    assert found.instrument_gross_uj == WITHIN(0.02 * found.gross_uj + offset, rel=1e-3)
    assert energy_of(STEP.sampled(50_000), run_of(STEP), None).instrument_uj is None


def test_a_marker_that_is_not_connected() -> None:
    capture = STEP.sampled(100_000)
    assert capture.marker is not None
    hidden = capture.marker | (capture.time_s < STEP.starts[1] - 0.005)
    for marker, message in (
        (np.ones_like(capture.marker), "never moved"),
        (~capture.marker, "low while the board is at rest"),
        (hidden, "saw 9 inferences, the board ran 10"),
    ):
        with pytest.raises(EnergyError, match=message):
            energy_of(dataclasses.replace(capture, marker=marker), run_of(STEP), None)


def test_lost_samples() -> None:
    capture = STEP.sampled(100_000)
    keep = np.ones(len(capture.time_s), bool)
    keep[1000:1020] = False
    keep[52_000:52_030] = False
    some = Capture(
        capture.time_s[keep],
        capture.current_a[keep],
        capture.voltage_v[keep],
        None if capture.marker is None else capture.marker[keep],
        lost=50,
    )
    found = energy_of(some, run_of(STEP), None)
    assert found.net_uj == WITHIN(STEP.net_uj, rel=0.005)
    assert any("50 samples are lost" in note for note in found.notes)
    with pytest.raises(EnergyError, match="are lost"):
        energy_of(dataclasses.replace(some, lost=5000), run_of(STEP), None)


def test_a_board_that_is_never_left_alone() -> None:
    with pytest.raises(EnergyError, match="never at rest"):
        energy_of(Waveform(rest_s=0.03).sampled(100_000), run_of(STEP), None)


def test_a_whole_run_needs_to_know_the_run() -> None:
    capture = dataclasses.replace(STEP.sampled(1000), marker=None)
    with pytest.raises(EnergyError, match="must be known"):
        energy_of(capture, Run(0, None, 0.5), None)
    with pytest.raises(EnergyError, match="must be known"):
        energy_of(capture, Run(10, None, 5.0), None)

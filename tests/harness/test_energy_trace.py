"""A capture, reduced to what a picture needs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit.harness.energy_trace import trace_of
from tests.support.waveforms import Waveform

WAVE = Waveform(count=5, low_a=15e-3, high_a=24e-3)


def test_the_inferences_are_marked_and_the_extremes_kept() -> None:
    capture = WAVE.sampled(50_000)
    trace = trace_of(capture)
    assert len(trace.time_s) == len(trace.mean_ma) == 600
    assert len(trace.marks) == 5
    for start, (begin, end) in zip(WAVE.starts, trace.marks, strict=True):
        assert begin == pytest.approx(start, abs=1e-4)
        assert end - begin == pytest.approx(WAVE.latency_s, abs=1e-4)
    assert max(trace.high_ma) == pytest.approx(24, rel=1e-3), "no peak is averaged away"
    assert min(trace.low_ma) == pytest.approx(2, rel=1e-3)
    low, mean, high = map(np.array, (trace.low_ma, trace.mean_ma, trace.high_ma))
    assert (low <= mean + 1e-4).all()
    assert (mean <= high + 1e-4).all()
    assert trace.time_s[0] > 0.1, "most of the rest is left out"


def test_without_a_marker_everything_is_shown() -> None:
    capture = dataclasses.replace(WAVE.sampled(1000), marker=None)
    trace = trace_of(capture)
    assert trace.marks == ()
    assert trace.time_s[-1] - trace.time_s[0] == pytest.approx(WAVE.duration_s, rel=0.01)


def test_few_samples_stay_as_they_are() -> None:
    capture = WAVE.sampled(100)
    trace = trace_of(dataclasses.replace(capture, marker=None))
    assert trace.mean_ma == pytest.approx((capture.current_a * 1e3).tolist(), abs=1e-5)


def test_an_inference_that_is_cut_off_is_not_marked() -> None:
    capture = WAVE.sampled(10_000)
    half = capture.time_s > WAVE.starts[0] + WAVE.latency_s / 2
    assert capture.marker is not None
    cut = dataclasses.replace(
        capture,
        time_s=capture.time_s[half],
        current_a=capture.current_a[half],
        voltage_v=capture.voltage_v[half],
        marker=capture.marker[half],
    )
    assert len(trace_of(cut).marks) == 4

"""Joulescope: the package's own buffer, filled as its driver does, behind a simulated device."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgekit import meters
from edgekit.harness.energy import MARKER, Run, energy_of
from edgekit.meters import MeterError, Settings
from tests.support.waveforms import VOLTS, Waveform

joulescope = pytest.importorskip("joulescope", reason="needs the extra joulescope")

WAVE = Waveform(count=6, latency_s=0.02037, rest_s=0.2)
INPUT_HZ, OUTPUT_HZ = 2_000_000, 100_000


class Device:
    """What the package's devices do, with a waveform for the USB."""

    def __init__(self, name: str = "u/js220/000415") -> None:
        self._name = name
        self.settings: dict[str, object] = {}
        self.calls: list[str] = []
        self.stream_buffer: Any = None
        self.skip = slice(0, 0)

    def __str__(self) -> str:
        return self._name

    def parameter_set(self, name: str, value: object) -> None:
        self.settings[name] = value

    def open(self) -> None:
        from joulescope.v1.stream_buffer import StreamBuffer

        self.stream_buffer = StreamBuffer(
            2.0, frequency=INPUT_HZ, device="js220", output_frequency=OUTPUT_HZ
        )
        self.calls.append("open")

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")
        times = np.arange(round(WAVE.duration_s * OUTPUT_HZ)) / OUTPUT_HZ
        current, level = WAVE.at(times)
        current[self.skip] = np.nan
        packed = np.packbits(level.astype(np.uint8), bitorder="little")
        fields = (
            (1, 0, current.astype(np.float32)),
            (2, 0, np.full(len(times), VOLTS, np.float32)),
            (3, 0, np.zeros(len(times), np.float32)),
            (4, 0, np.zeros(len(times), np.uint8)),
            (5, 0, packed),
            (5, 1, packed),
        )
        for buffer in self.stream_buffer.buffers.values():
            buffer.active = True
        for field, index, data in fields:
            value = {
                "field_id": field,
                "index": index,
                "sample_id": 0,
                "data": data,
                "sample_rate": INPUT_HZ,
                "decimate_factor": INPUT_HZ // OUTPUT_HZ,
            }
            self.stream_buffer.insert("", value)

    def close(self) -> None:
        self.calls.append("close")


def have(monkeypatch: pytest.MonkeyPatch, *devices: Device) -> None:
    monkeypatch.setattr(joulescope, "scan", lambda **_options: list(devices))


def test_energy_through_the_packages_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    have(monkeypatch, device)
    with meters.open_meter("joulescope", Settings()) as meter:
        meter.start()
        capture = meter.stop()
    found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, WAVE.rest_s), meter.accuracy)
    assert found.method == MARKER
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.005)
    assert device.calls == ["open", "start", "stop", "close"]
    assert device.settings["sampling_frequency"] == OUTPUT_HZ


def test_skipped_samples_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    device.skip = slice(100, 130)
    have(monkeypatch, device)
    with meters.open_meter("joulescope:415", Settings()) as meter:
        meter.start()
        assert meter.stop().lost == 30


def test_none_and_two(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch)
    with pytest.raises(MeterError, match="none is"):
        meters.open_meter("joulescope", Settings()).__enter__()
    have(monkeypatch, Device("u/js220/000415"), Device("u/js110/000002"))
    with pytest.raises(MeterError, match="u/js220/000415, u/js110/000002"):
        meters.open_meter("joulescope", Settings()).__enter__()
    with pytest.raises(MeterError, match="inputs 0 and 1"):
        meters.open_meter("joulescope", Settings(marker_input=2)).__enter__()


def test_one_that_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()

    def busy() -> None:
        raise RuntimeError("jsdrv_open failed")

    monkeypatch.setattr(device, "open", busy)
    have(monkeypatch, device)
    with pytest.raises(MeterError, match="jsdrv_open failed"):
        meters.open_meter("joulescope", Settings()).__enter__()

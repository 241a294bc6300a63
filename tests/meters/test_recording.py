from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit import meters
from edgekit.errors import InputError
from edgekit.harness.energy import Run, energy_of
from edgekit.meters import Capture, MeterError, Settings, recording
from tests.support.waveforms import VOLTS, Waveform

WAVE = Waveform(count=5, rest_s=0.2)
RUN = Run(WAVE.count, WAVE.latency_s, WAVE.rest_s)


def play(path: Path, settings: Settings | None = None) -> Capture:
    with meters.open_meter(str(path), settings or Settings()) as meter:
        meter.start()
        return meter.stop()


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    capture = WAVE.sampled(20_000)
    path = tmp_path / "trace.npz"
    recording.save(capture, path)
    again = play(path)
    assert np.array_equal(again.time_s, capture.time_s)
    assert energy_of(again, RUN, None).net_uj == pytest.approx(WAVE.net_uj, rel=0.005)
    with pytest.raises(InputError, match="exists"):
        recording.save(capture, path)


@pytest.mark.parametrize(
    ("head", "factors", "level"),
    [
        ("time_s,current_a,voltage_v,marker", (1, 1), "{:.0f}"),
        ("Timestamp(ms);Current(uA);voltage [V];D0", (1e3, 1e6), "{:.0f}"),
        ("timestamp_ms,I (mA),V(V),D0-D7", (1e3, 1e3), "{:.0f}0000000"),
    ],
)
def test_columns_in_any_unit(head: str, factors: tuple[float, float], level: str, tmp_path) -> None:
    capture = WAVE.sampled(20_000)
    assert capture.marker is not None
    mark = ";" if ";" in head else ","
    rows = zip(
        capture.time_s * factors[0], capture.current_a * factors[1], capture.marker, strict=True
    )
    lines = [mark.join((f"{t:.6f}", f"{c:.6f}", "3.3", level.format(m))) for t, c, m in rows]
    path = tmp_path / "trace.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    assert energy_of(play(path), RUN, None).net_uj == pytest.approx(WAVE.net_uj, rel=0.005)


def test_a_file_without_voltage_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("time_s,current_a\n0,0.1\n1,0.1\n")
    with pytest.raises(MeterError, match="does not measure the voltage"):
        play(path)
    assert play(path, Settings(voltage_v=VOLTS)).voltage_v.tolist() == [VOLTS, VOLTS]
    assert play(path, Settings(voltage_v=VOLTS)).marker is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column of the time"),
        ("time_s,power_w\n1,2\n", "no column of the current"),
        ("time_s,current_s\n1,2\n", "no column of the current"),
        ("time_s,current_a,voltage_v\n0,1,2\n1,x,2\n", "line 3: no number in column 2"),
        ("time_s,current_a,voltage_v\n0,1,2\n1\n", "line 3: no number in column 2"),
        ("time_s,current_a,voltage_v\n0,1,2\n0,1,2\n", "time does not increase at sample 1"),
        ("time_s,current_a,voltage_v\n0,1,2\n1,nan,2\n", "sample 1 has no finite current"),
        ("time_s,current_a,voltage_v\n0,1,2\n", "sent 1 samples"),
    ],
)
def test_damaged_files(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(text)
    with pytest.raises((InputError, MeterError), match=message):
        play(path)


def test_damaged_npz(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="can't be read"):
        play(path)
    np.savez(path, time_s=np.zeros(3))
    with pytest.raises(InputError, match="no array current_a"):
        play(path)


def test_unknown_meters_and_files() -> None:
    with pytest.raises(InputError, match="unknown meter 'ppk3'") as caught:
        meters.open_meter("ppk3", Settings())
    assert "did you mean 'ppk2'" in caught.value.hint
    with pytest.raises(InputError, match=r"no recording 'nothing\.csv'"):
        meters.open_meter("nothing.csv", Settings())

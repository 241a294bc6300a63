"""TI's current monitors on a bus that is not there, register by register."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from edgekit import meters
from edgekit.errors import InputError, ToolError
from edgekit.harness.energy import WHOLE, Run, energy_of
from edgekit.meters import Capture, MeterError, Settings
from tests.support.waveforms import VOLTS, Waveform

SETTINGS = Settings(shunt_ohm=0.1)
WAVE = Waveform(count=20, latency_s=0.03, gap_s=0.01, rest_s=0.5)


class Bus:
    """One chip that averages a waveform, from the moment when it is configured."""

    wave = WAVE
    ticking = 0.0

    def __init__(self, number: int) -> None:
        self.number = number
        self.closed = False
        self.written: dict[int, int] = {}
        self._start: float | None = None
        self._result = -1

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        if address != 0x41:
            raise OSError(121, "Remote I/O error")
        return list((self.value(register) % (1 << 8 * length)).to_bytes(length, "big"))

    def write_i2c_block_data(self, address: int, register: int, data: list[int]) -> None:
        if address != 0x41:
            raise OSError(121, "Remote I/O error")
        self.written[register] = int.from_bytes(bytes(data), "big")

    def close(self) -> None:
        self.closed = True

    def value(self, register: int) -> int:
        raise NotImplementedError

    def ready(self, period: float) -> bool:
        if self._start is None:
            self._start = time.monotonic()
        number = int((time.monotonic() - self._start) / period) - 1
        new, self._result = number > self._result, number
        return new

    def mean(self, period: float) -> float:
        """Of the current over the last whole period."""
        times = (self._result + np.linspace(0, 1, 101)) * period
        current, _ = self.wave.at(times)
        return float(current.mean()) if times[-1] < self.wave.duration_s else self.wave.idle_a


class Ina219(Bus):
    def value(self, register: int) -> int:
        from edgekit.meters.ina219 import PERIOD_S

        if register == 0:
            return 0x399F if self.written.get(0) == 0x8000 else self.written.get(0, 0)
        if register == 2:
            return round(VOLTS / 4e-3) << 3 | (2 if self.ready(PERIOD_S) else 0)
        return round(self.mean(PERIOD_S) * 0.1 / 10e-6)


class Ina226(Bus):
    def value(self, register: int) -> int:
        from edgekit.meters.ina226 import PERIOD_S

        fixed = {0xFE: 0x5449, 0xFF: 0x2260, 2: round(VOLTS / 1.25e-3)}
        if register == 6:
            return 8 if self.ready(PERIOD_S) else 0
        return fixed.get(register, round(self.mean(PERIOD_S) * 0.1 / 2.5e-6))


class Ina228(Bus):
    def value(self, register: int) -> int:
        from edgekit.meters.ina228 import PERIOD_S

        fixed = {0x3E: 0x5449, 0x3F: 0x2281, 5: round(VOLTS / 195.3125e-6) << 4}
        if register == 0x0B:
            return 2 if self.ready(PERIOD_S) else 0
        return fixed.get(register, round(self.mean(PERIOD_S) * 0.1 / 312.5e-9) << 4)


CHIPS = {"ina219": Ina219, "ina226": Ina226, "ina228": Ina228}


def use(monkeypatch: pytest.MonkeyPatch, chip: type[Bus]) -> None:
    monkeypatch.setitem(sys.modules, "smbus2", SimpleNamespace(SMBus=chip))


@pytest.mark.parametrize("name", CHIPS)
def test_energy_of_a_whole_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, CHIPS[name])
    with meters.open_meter(f"{name}:1@0x41", SETTINGS) as meter:
        meter.start()
        time.sleep(WAVE.duration_s - 0.01)
        capture = meter.stop()
        found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, 0.5), meter.accuracy)
    assert found.method == WHOLE
    # Host threads decide when a result is fetched; a result lasts 5 to 9 ms of a run of 0.8 s.
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.03)
    assert found.voltage_v == pytest.approx(VOLTS, rel=0.001)
    assert found.idle_ma == pytest.approx(2.0, rel=0.03)
    assert meter.accuracy is not None
    assert "shunt's tolerance" in meter.accuracy.source


@pytest.mark.parametrize(("name", "written"), [("ina219", 0), ("ina226", 0), ("ina228", 1)])
def test_negative_currents_and_the_setting(
    name: str, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    buses: list[Bus] = []

    class Reversed(CHIPS[name]):  # type: ignore[misc] # the class comes from a table
        wave = Waveform(idle_a=-20e-3, low_a=-20e-3, high_a=-20e-3)

        def __init__(self, number: int) -> None:
            super().__init__(number)
            buses.append(self)

    use(monkeypatch, Reversed)
    with meters.open_meter(f"{name}:/dev/i2c-7@0x41", SETTINGS) as meter:
        meter.start()
        time.sleep(0.1)
        capture: Capture = meter.stop()
    assert capture.current_a.mean() == pytest.approx(-20e-3, rel=0.01)
    assert (buses[0].number, buses[0].closed) == (7, True)
    # Continuous conversion of shunt and bus: 111 in the last bits of the older ones, 1011 in front.
    setting = buses[0].written[written]
    assert setting >> 12 == 0xB if name == "ina228" else setting & 7 == 7


def test_beyond_the_range(monkeypatch: pytest.MonkeyPatch) -> None:
    class Much(Ina226):
        wave = Waveform(idle_a=0.819175)

    use(monkeypatch, Much)
    with meters.open_meter("ina226:1@0x41", SETTINGS) as meter:
        meter.start()
        time.sleep(0.05)
        with pytest.raises(MeterError, match="range of 819 mA"):
            meter.stop()


def test_another_chip_and_none(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Ina219)
    with pytest.raises(MeterError, match="is no INA226"):
        meters.open_meter("ina226:1@0x41", SETTINGS).__enter__()
    with pytest.raises(MeterError, match="no INA219 answers at /dev/i2c-1, address 0x40"):
        meters.open_meter("ina219:1", SETTINGS).__enter__()


@pytest.mark.parametrize("where", ["x", "1@0x60", "-1", "1@y"])
def test_a_wrong_place(where: str) -> None:
    with pytest.raises(InputError, match="no place"):
        meters.open_meter(f"ina226:{where}", SETTINGS)


def test_the_shunt_must_be_known() -> None:
    with pytest.raises(MeterError, match="needs to know its shunt"):
        meters.open_meter("ina226:1", Settings())


def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smbus2", None)
    with pytest.raises(ToolError) as caught:
        meters.open_meter("ina226:1", SETTINGS).__enter__()
    assert "edgekit[i2c]" in caught.value.hint

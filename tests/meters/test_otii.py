"""Otii's desktop program, simulated as a TCP server, through the real otii-tcp-client."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from edgekit import meters
from edgekit.errors import InputError
from edgekit.harness.energy import MARKER, Run, energy_of
from edgekit.meters import MeterError, Settings
from tests.support.waveforms import VOLTS, Waveform

pytest.importorskip("otii_tcp_client", reason="needs the extra otii")

WAVE = Waveform(count=12, latency_s=0.02037, rest_s=0.4)
RATE = 4000


class Program(socketserver.ThreadingTCPServer):
    """The program with one instrument and a recording of the waveform."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        self.devices = [{"device_id": "arc0", "type": "Arc", "name": "Arc"}]
        times = np.arange(round(WAVE.duration_s * RATE)) / RATE
        self.current = WAVE.at(times)[0].tolist()
        self.voltage = [VOLTS] * (len(self.current) // 4)
        edges = np.sort(np.concatenate([WAVE.starts, WAVE.starts + WAVE.latency_s]))
        self.edges = [{"timestamp": t, "value": i % 2 == 1} for i, t in enumerate(edges.tolist())]
        super().__init__(("127.0.0.1", 0), Handler)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        data = request.get("data", {})
        channels: dict[str, list[Any]] = {
            "mc": self.current,
            "mv": self.voltage,
            "i1": self.edges,
        }
        values = channels.get(data.get("channel", ""), [])
        if request["cmd"] == "recording_get_channel_data":
            part = values[data["index"] : data["index"] + data["count"]]
            interval = 1 / RATE if data["channel"] == "mc" else 4 / RATE
            return {"values": part, "timestamp": data["index"] * interval, "interval": interval}
        fixed: dict[str, dict[str, Any]] = {
            "otii_get_devices": {"devices": self.devices},
            "otii_get_active_project": {"project_id": 1},
            "project_get_last_recording": {"recording_id": 5, "name": "r"},
            "recording_get_channel_data_count": {"count": len(values)},
        }
        return fixed.get(request["cmd"], {})


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Program)
        self._say({"type": "information", "info": "connected", "data": {}})
        for line in self.rfile:
            request = json.loads(line)
            self.server.commands.append(request)
            answer = {"type": "response", "cmd": request["cmd"], "trans_id": request["trans_id"]}
            self._say({**answer, "data": self.server.answer(request)})

    def _say(self, value: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(value).encode() + b"\r\n")


@pytest.fixture
def program() -> Iterator[Program]:
    with Program() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def where(program: Program) -> str:
    return f"otii:127.0.0.1:{program.server_address[1]}"


def test_energy_through_the_package(program: Program) -> None:
    with meters.open_meter(where(program), Settings()) as meter:
        meter.start()
        capture = meter.stop()
    found = energy_of(capture, Run(WAVE.count, WAVE.latency_s, WAVE.rest_s), meter.accuracy)
    assert found.method == MARKER
    assert found.net_uj == pytest.approx(WAVE.net_uj, rel=0.005)
    commands = [c["cmd"] for c in program.commands]
    assert commands.index("arc_enable_channel") < commands.index("project_start_recording")
    assert "arc_set_main" not in commands


def test_as_a_supply(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgekit.meters.otii._BOOT_S", 0.0)
    with meters.open_meter(where(program), Settings(voltage_v=1.8, supply=True)):
        pass
    sent = {c["cmd"]: c["data"] for c in program.commands if c["cmd"].startswith("arc_set")}
    assert sent["arc_set_main_voltage"]["value"] == 1.8
    assert sent["arc_set_main"]["enable"] is False  # switched off in the end


def test_without_the_marker(program: Program) -> None:
    program.edges = []
    with meters.open_meter(where(program), Settings()) as meter:
        meter.start()
        assert meter.stop().marker is None


def test_nothing_recorded(program: Program) -> None:
    program.current = []
    with meters.open_meter(where(program), Settings()) as meter:
        meter.start()
        with pytest.raises(MeterError, match="recorded nothing on the channel mc"):
            meter.stop()


def test_no_instrument_and_no_program(program: Program) -> None:
    program.devices = []
    with pytest.raises(MeterError, match="has 0 instruments"):
        meters.open_meter(where(program), Settings()).__enter__()
    with pytest.raises(MeterError, match=r"can't use the Otii by 127\.0\.0\.1:1"):
        meters.open_meter("otii:127.0.0.1:1", Settings()).__enter__()


def test_a_wrong_place() -> None:
    with pytest.raises(InputError, match="no HOST:PORT"):
        meters.open_meter("otii:here:there", Settings())
    with pytest.raises(InputError, match="GPI1"):
        meters.open_meter("otii", Settings(marker_input=2))

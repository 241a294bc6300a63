"""The MLPerf Tiny conversation with the host build, to the letter."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest

from edgekit.emulators import host
from edgekit.harness.session import Device
from edgekit.targets import load_board
from tests.support.lines import read_until
from tests.support.tiny import firmware, op_outputs, random_input

BOARD = "mps2_an386"


def connected(name: str = "") -> Iterator[Device]:
    elf = firmware(BOARD, host=True, name=name).elf
    with host.running(elf, load_board(BOARD)) as link, Device(link) as opened:
        yield opened


@pytest.fixture
def device() -> Iterator[Device]:
    yield from connected()


def load(device: Device, data: bytes) -> list[str]:
    """As the official runner does: announce, then 31 bytes a command."""
    lines = device.command(f"db load {len(data)}")
    for at in range(0, len(data), 31):
        lines += device.command(f"db {data[at : at + 31].hex()}")
    return lines


def dequantized(data: bytes) -> list[float]:
    return [(v + 128) * 0.0078125 for v in np.frombuffer(op_outputs(data)[1], np.int8).tolist()]


def values(line: str) -> list[float]:
    assert line.startswith("m-results-[")
    assert line.endswith("]")
    texts = line[len("m-results-[") : -1].split(",")
    assert all(len(t.split(".")[1]) == 3 for t in texts)
    return [float(t) for t in texts]


def test_boot() -> None:
    elf = firmware(BOARD, host=True).elf
    with host.running(elf, load_board(BOARD)) as link:
        said, _ = read_until(link.url, b"m-ready\r\n")
    mode, lap, done, ready, end = said.decode().split("\r\n")
    assert (mode, done, ready) == ("m-timestamp-mode-performance", "m-init-done", "m-ready")
    assert lap.startswith("m-lap-us-")
    assert end == ""


def test_identity(device: Device) -> None:
    assert device.command("name") == ["m-name-dut-[host]"]
    assert device.command("profile") == [
        "m-profile-[ULPMark for tinyML Firmware V0.0.1]",
        "m-model-[tiny]",
    ]
    assert any("db load N" in line for line in device.command("help"))


def test_eight_pasted_commands_give_eight_answers() -> None:
    elf = firmware(BOARD, host=True).elf
    with host.running(elf, load_board(BOARD)) as link:
        answers = b"m-name-dut-[host]\r\nm-ready\r\n" * 8
        _, said = read_until(link.url, b"m-ready\r\n", b"name%" * 8, answers)
    assert said == answers


def test_timestamp_goes_on(device: Device) -> None:
    laps = [device.command("timestamp") for _ in range(3)]
    times = [int(lap[0].removeprefix("m-lap-us-")) for lap in laps]
    assert times == sorted(times)
    assert times[-1] < 60_000_000


def test_infer(device: Device) -> None:
    data = random_input(4)
    assert load(device, data) == ["m-[Expecting 600 bytes]", "m-load-done"]
    lines = device.command("infer 3 2")
    assert lines[:3] == ["m-warmup-start-2", "m-warmup-done", "m-infer-start-3"]
    first, second = (int(line.removeprefix("m-lap-us-")) for line in lines[3:5])
    assert second >= first
    assert lines[5] == "m-infer-done"
    assert values(lines[6]) == pytest.approx(dequantized(data), abs=0.0005001)
    assert len(lines) == 7
    assert device.command("results") == [lines[6]]


def test_infer_defaults(device: Device) -> None:
    assert device.command("infer 2")[0] == "m-warmup-start-10"
    assert device.command("infer")[2] == "m-infer-start-1"
    assert device.command("infer 1 0")[0] == "m-warmup-start-0"


def test_print(device: Device) -> None:
    assert load(device, bytes(range(248, 258 - 2)) + b"\x01\x02") == [
        "m-[Expecting 10 bytes]",
        "m-load-done",
    ]
    assert device.command("db print") == [
        "m-buffer-f8-f9-fa-fb-fc-fd-fe-ff",
        "m-buffer-01-02",
    ]


def test_hex_digits_of_either_case_and_surplus(device: Device) -> None:
    device.command("db load 2")
    assert device.command("db aBCdEf") == ["m-load-done"]
    assert device.command("db print") == ["m-buffer-ab-cd"]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("bogus", "e-[Unknown command: bogus]"),
        ("bogus with words", "e-[Unknown command: bogus]"),
        ("Name", "e-[Unknown command: Name]"),
        ("namely", "e-[Unknown command: namely]"),
        ("infer 0", "e-[Inference iterations must be >0]"),
        ("infer -1", "e-[Inference iterations must be >0]"),
        ("infer x", "e-[Inference iterations must be >0]"),
        ("infer 1 x", "e-[Inference warmup must be >=0]"),
        ("db", "e-[Command 'db' requires a subcommand]"),
        ("db load", "e-[Command 'db load' requires the # of bytes]"),
        ("db load 0", "e-[Command 'db load' must be >0 bytes]"),
        ("db load 601", "e-[Command 'db load' must be <=600 bytes]"),
        ("db load 99999999999999", "e-[Command 'db load' must be <=600 bytes]"),
    ],
)
def test_errors(device: Device, command: str, error: str) -> None:
    assert device.command(command) == [error]


def test_errors_in_hex_digits(device: Device) -> None:
    device.command("db load 4")
    assert device.command("db 0g") == ["e-[Invalid hex digit '0g']"]
    assert device.command("db 012") == ["e-[Insufficent number of hex digits]"]
    assert device.command("db 01020304") == ["m-load-done"]


def test_bytes_that_nobody_announced_go_nowhere(device: Device) -> None:
    assert device.command("db 0102") == []
    assert device.command("db print") == []


def test_both_protocols_load_the_same_input(device: Device) -> None:
    data = random_input(5)
    load(device, data)
    device.invoke()
    assert device.read_output() == op_outputs(data)[1]


def test_uint8_tasks_send_an_offset_of_128() -> None:
    for device in connected("ic01"):
        data = random_input(6)
        load(device, bytes(b ^ 0x80 for b in data))
        assert device.command("db print")[0] == "m-buffer-" + bytes(b ^ 0x80 for b in data[:8]).hex(
            "-"
        )
        lines = device.command("infer 1 0")
        assert values(lines[-1]) == pytest.approx(dequantized(data), abs=0.0005001)


def test_the_autoencoder_task_sends_floats() -> None:
    """The result is one value; the hand-made model's six outputs stand in for a whole window."""
    for device in connected("ad01"):
        reals = [(i - 300) / 4.7 for i in range(600)]
        wire = struct.pack("<600f", *reals)
        assert load(device, wire) == ["m-[Expecting 2400 bytes]", "m-load-done"]
        assert device.command("db print")[0] == "m-buffer-" + wire[:8].hex("-")
        assert len(values(device.command("infer 1 0")[-1])) == 1
        # scale 0.5, zero point -1, rounded half away from zero, clamped
        single = np.float32(reals) / np.float32(0.5) + np.float32(-1)
        quantized = np.clip(np.trunc(single + np.copysign(0.5, single)), -128, 127)
        device.invoke()
        assert device.read_output() == op_outputs(quantized.astype(np.int8).tobytes())[1]

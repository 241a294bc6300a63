"""The benchmark's modes against devices that talk: right ones, wrong ones, and lines that lose."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edgekit.emulators import Link, host
from edgekit.errors import DeviceError, InputError
from edgekit.harness import mlperf
from edgekit.harness.mlperf import Talk, wire_bytes
from edgekit.harness.session import Device
from edgekit.ir import DType, Quant, Tensor
from edgekit.targets import load_board
from tests.support.lines import FakeDevice
from tests.support.tiny import firmware, op_outputs, random_input

BOARD = "mps2_an386"


class Scripted(FakeDevice):
    """A device that answers text: each command by a function, else as a device without a model."""

    def __init__(self, latency_us: int, results: Callable[[int], str]) -> None:
        super().__init__()
        self.commands: list[str] = []
        self.left = 0
        self.lose = 0
        self._text = b""
        self._latency, self._results = latency_us, results

    def write(self, data: bytes, /) -> int:
        if b"\0" in data:
            return super().write(data)
        *commands, self._text = (self._text + data).split(b"%")
        for command in commands:
            self.commands.append(command.decode())
            for line in [*self._said(command.decode().split()), "m-ready"]:
                self.say(line.encode() + b"\r\n")
        return len(data)

    def _said(self, words: list[str]) -> list[str]:
        if words[0] == "name":
            return ["m-name-dut-[scripted]"]
        if words[0] == "profile":
            return ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[kws01]"]
        if words[:2] == ["db", "load"]:
            self.left = int(words[2])
            return [f"m-[Expecting {self.left} bytes]"]
        if words[0] == "db":
            if self.lose:
                self.lose -= 1
                return ["e-[Insufficent number of hex digits]"]
            self.left -= len(words[1]) // 2
            return ["m-load-done"] if self.left == 0 else []
        assert words[0] == "infer"
        runs = int(words[1])
        count = sum(command.startswith("infer") for command in self.commands)
        laps = ["m-lap-us-1000", f"m-lap-us-{1000 + runs * self._latency}"]
        return [*laps, "m-infer-done", f"m-results-[{self._results(count - 1)}]"]


def talk_to(line: Scripted, *, emulated: bool = False) -> Iterator[Talk]:
    link = Link("memory", emulated=emulated, instructions_per_tick=2.0 if emulated else None)
    with Device(link, line) as device:
        yield Talk(device)


def one_hot(at: int) -> str:
    return ",".join("0.900" if i == at else "0.050" for i in range(3))


def test_accuracy_is_the_share_of_right_answers() -> None:
    labels = np.array([0, 1, 2, 2, 1, 0, 0, 0, 0, 0])
    answers = [0, 1, 2, 0, 1, 0, 0, 0, 0, 0]  # one is wrong
    line = Scripted(10, lambda i: one_hot(answers[i]))
    for talk in talk_to(line):
        found = mlperf.accuracy(talk, "kws01", iter([bytes(40)] * 10), labels)
    assert (found.samples, found.top_1, found.floor, found.passes) == (10, 0.9, 0.9, True)
    assert line.commands[:4] == ["db load 40", f"db {'00' * 31}", f"db {'00' * 9}", "infer 1 0"]
    answers[5] = 1
    line.commands.clear()
    for talk in talk_to(line):
        assert mlperf.accuracy(talk, "kws01", iter([b"x"] * 10), labels).passes is False
        line.commands.clear()
        assert mlperf.accuracy(talk, "mine", iter([b"x"] * 10), labels).passes is None


def test_anomalies_are_ranked() -> None:
    labels = np.array([0, 0, 1, 1])
    scores = ["0.100", "0.400", "0.350", "0.800"]
    for talk in talk_to(Scripted(10, lambda i: scores[i])):
        found = mlperf.accuracy(talk, "ad01", iter([b"x"] * 4), labels)
    assert (found.top_1, found.auc, found.passes) == (None, 0.75, False)
    # By recordings: of the first two windows the mean counts, and of the last two.
    for talk in talk_to(Scripted(10, lambda i: ["0.9", "0.1", "0.6", "0.7"][i])):
        groups = np.array([7, 7, 3, 3])
        found = mlperf.accuracy(talk, "ad01", iter([b"x"] * 4), labels, groups=groups)
    assert (found.auc, found.samples, found.passes) == (1.0, 4, True)


@pytest.mark.parametrize("seed", range(3))
def test_auc_is_the_share_of_pairs_in_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 20, 60) / 20.0
    positive = random.random(60) < 0.4
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[positive] for b in scores[~positive]]
    assert mlperf.auc(scores, positive) == pytest.approx(np.mean(pairs))
    assert mlperf.auc(scores, np.ones(60, bool)) is None


def test_performance_lasts_ten_seconds_by_the_devices_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """20 ms an inference: 510 of them. The watch is moved on, so that nobody waits."""
    line = Scripted(20_000, lambda _: one_hot(0))
    now = [0.0]

    def watch() -> float:
        now[0] += 0.001 + sum(0.02 * int(c.split()[1]) for c in line.commands if c[:5] == "infer")
        return now[0]

    monkeypatch.setattr("edgekit.harness.mlperf.time.monotonic", watch)
    for talk in talk_to(line):
        found = mlperf.performance(talk, [b"a", b"b"])
    assert (found.loops, found.inferences) == (5, 510)
    assert found.median_hz == pytest.approx(50.0)
    assert min(found.seconds) >= mlperf.LEAST_S
    assert found.instructions is None
    assert line.commands.count("infer 510 10") == 5
    assert [c for c in line.commands if c in ("db 61", "db 62")][1:] == [
        f"db {'6162'[i % 2 * 2 : i % 2 * 2 + 2]}" for i in range(5)
    ]


def test_a_device_whose_clock_runs_fast_is_refused() -> None:
    for talk in talk_to(Scripted(2_000_000, lambda _: one_hot(0))):
        with pytest.raises(DeviceError, match="its clock is wrong"):
            mlperf.performance(talk, [b"a"])


def test_an_emulator_gives_instructions_and_no_rate() -> None:
    for talk in talk_to(Scripted(3_000, lambda _: one_hot(0)), emulated=True):
        found = mlperf.performance(talk, [b"a"])
    assert (found.rates_hz, found.median_hz, found.seconds) == ((), None, ())
    assert found.instructions == 3 * 2  # 3 ms of a timer of 1 kHz, two a tick


def test_a_lost_line_is_sent_again_and_a_broken_device_is_not_asked_for_ever() -> None:
    line = Scripted(10, lambda _: one_hot(1))
    line.lose = 1
    for talk in talk_to(line):
        talk.load(bytes(100))
    assert line.commands.count("db load 100") == 2
    line.lose = 100
    for talk in talk_to(line):
        with pytest.raises(DeviceError, match="does not take a sample of 100 bytes: e-"):
            talk.load(bytes(100))


@pytest.mark.parametrize("silent", [False, True])
def test_a_device_that_starts_anew_does_its_sample_again(silent: bool) -> None:
    """Before its answer, or silently between loading and inferring: then it infers zeros."""
    loaded: list[bool] = []

    def answer(number: int) -> str:
        return one_hot(2 if loaded and loaded[-1] else 0)

    line = Scripted(10, answer)
    plain = line._said

    def said(words: list[str]) -> list[str]:
        if words[0] == "db":
            loaded.append(True)
        infers = sum(command.startswith("infer") for command in line.commands)
        if words[0] == "infer" and infers == 3:
            line.reset()
            loaded.append(False)
            if not silent:
                return []
            line.read(1 << 20)  # what it says at boot is lost
        return plain(words)

    line._said = said  # type: ignore[method-assign] # one reset
    for talk in talk_to(line):
        found = mlperf.accuracy(talk, "kws01", iter([b"x"] * 6), np.full(6, 2))
    assert found.top_1 == 1.0
    assert sum(c.startswith("infer") for c in line.commands) == 7


@pytest.mark.parametrize("results", ["", "a,b"])
def test_answers_that_are_not_complete(results: str) -> None:
    for talk in talk_to(Scripted(10, lambda _: results)):
        with pytest.raises(DeviceError, match="no numbers"):
            talk.infer(1, 0)
    for talk in talk_to(Scripted(-5000, lambda _: one_hot(0))):
        with pytest.raises(DeviceError, match="not complete"):
            talk.infer(1, 0)


def test_the_wire_carries_what_the_tasks_carry() -> None:
    sample = np.array([-128, -1, 0, 127], np.int8)
    tensor = Tensor("x", DType.INT8, (4,), Quant((0.4,), (30,), 0))
    assert wire_bytes(sample, tensor, "kws01") == bytes([0x80, 0xFF, 0, 0x7F])
    assert wire_bytes(sample, tensor, "ic01") == bytes([0, 0x7F, 0x80, 0xFF])
    real = struct.unpack("<4f", wire_bytes(sample, tensor, "ad01"))
    assert real == pytest.approx([-63.2, -12.4, -12.0, 38.8])


def test_no_samples() -> None:
    for talk in talk_to(Scripted(10, lambda _: one_hot(0))):
        with pytest.raises(InputError, match="no samples"):
            mlperf.accuracy(talk, "kws01", iter([]), np.array([]))


def test_the_firmware_itself() -> None:
    """Its own C: the results are those of the binary protocol."""
    elf = firmware(BOARD, host=True).elf
    labels = np.array(
        [int(np.argmax(np.frombuffer(op_outputs(random_input(i))[1], np.int8))) for i in range(6)]
    )
    with host.running(elf, load_board(BOARD)) as link, Device(link) as device:
        talk = Talk(device)
        assert talk.identify() == ("host", "tiny")
        found = mlperf.accuracy(talk, "tiny", (random_input(i) for i in range(6)), labels)
        assert found.top_1 == 1.0
        assert mlperf.performance(talk, [random_input(0)]).instructions is None
    assert talk.log[:3] == ["> name%", "m-name-dut-[host]", "m-ready"]

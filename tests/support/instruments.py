"""Instruments that are not there: they speak like the real ones, on a pty, of a known waveform."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgekit.meters._model import Real
from tests.support.waveforms import Waveform

# Calibration as a real kit sends it.
_PPK2_METADATA = """Calibrated: 0
R0: 1003.3506
R1: 101.5865
R2: 10.3027
R3: 0.9636
R4: 0.0564
GS0: 0.0000
GS1: 112.7890
GS2: 18.0115
GS3: 2.4217
GS4: 0.0729
GI0: 1.0000
GI1: 0.9695
GI2: 0.9609
GI3: 0.9519
GI4: 0.9582
O0: 112.9420
O1: 75.4627
O2: 64.6020
O3: 50.4983
O4: 87.2177
VDD: 3300
HW: 9173
mode: 2
S0: 0.000000048
S1: 0.000000596
S2: 0.000005281
S3: 0.000062577
S4: 0.002940743
I0: -0.000000104
I1: -0.000001443
I2: 0.000036439
I3: -0.000374119
I4: -0.009388455
UG0: 1.00
UG1: 1.00
UG2: 1.00
UG3: 1.00
UG4: 1.00
IA: 56
END
"""
_PPK2_HZ = 100_000
_LPM_HZ = 10_000


class OnPty:
    """A thread at the far end of a pty. `path` is the near end, for pyserial."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        tty.setraw(self._ours)
        tty.setraw(theirs)
        self._theirs = theirs  # kept open: without it a reopened port would be a broken one
        self.path = os.ttyname(theirs)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> OnPty:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)

    def take(self, data: bytes) -> None:
        """What the host sent."""
        raise NotImplementedError

    def stream(self) -> bytes:
        """What is to be sent now, unasked."""
        return b""

    def sent(self) -> None:
        """What was to be sent is sent."""

    def send(self, data: bytes) -> None:
        os.set_blocking(self._ours, False)
        while data and not self._end.is_set():
            _, ready, _ = select.select([], [self._ours], [], 0.1)
            if ready:
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(self._ours, data) :]

    def _serve(self) -> None:
        while not self._end.is_set():
            ready, _, _ = select.select([self._ours], [], [], 0.002)
            if ready:
                with contextlib.suppress(BlockingIOError, OSError):
                    self.take(os.read(self._ours, 4096))
            data = self.stream()
            if data:
                self.send(data)
            self.sent()


class _Played:
    """Pieces that are due one after the other from the moment when sampling begins."""

    def __init__(self, pieces: Sequence[bytes], rate_hz: int) -> None:
        self._pieces = pieces
        self._rate = rate_hz
        self._start = 0.0
        self._sent = -1
        self.done = threading.Event()

    def begin(self) -> None:
        self._start, self._sent = time.monotonic(), 0

    def end(self) -> None:
        self._sent = -1

    def due(self) -> bytes:
        if self._sent < 0:
            return b""
        first = self._sent
        passed = int((time.monotonic() - self._start) * self._rate)
        self._sent = min(passed, len(self._pieces))
        return b"".join(self._pieces[first : self._sent])

    def told(self) -> None:
        """What was due is sent."""
        if self._sent == len(self._pieces):
            self.done.set()


class SimulatedPpk2(OnPty):
    """A PPK2 with an ideal converter in the ranges that fit the current.

    Args:
        wave: what the board takes.
        volts: what it is supplied with, which the calibration knows of.
        lost: numbers of samples that get lost on the way.
        broken: it has no calibration.
    """

    def __init__(
        self,
        wave: Waveform,
        *,
        volts: float = 3.3,
        lost: frozenset[int] = frozenset(),
        broken: bool = False,
    ) -> None:
        super().__init__()
        self.commands: list[bytes] = []
        self.played = _Played(_ppk2_stream(wave, volts, lost), _PPK2_HZ)
        self._broken = broken

    def take(self, data: bytes) -> None:
        lengths = {0x0D: 3, 0x0C: 2, 0x11: 2}
        while data:
            command, data = data[: lengths.get(data[0], 1)], data[lengths.get(data[0], 1) :]
            self.commands.append(command)
            if command == b"\x19":
                self.send(b"?" if self._broken else _PPK2_METADATA.encode())
            elif command == b"\x06":
                self.played.begin()
            elif command == b"\x07":
                self.played.end()

    def stream(self) -> bytes:
        return self.played.due()

    def sent(self) -> None:
        self.played.told()


class LivePpk2(SimulatedPpk2):
    """A PPK2 at a board that runs inferences when it is asked to.

    Args:
        idle_a: what the board takes at rest.
        active_a: what it takes while an inference runs.
    """

    def __init__(self, idle_a: float, active_a: float) -> None:
        super().__init__(Waveform(count=1, latency_s=1e-3, rest_s=1e-3))
        self._amperes = (idle_a, active_a)
        self._changes: list[tuple[float, bool]] = [(0.0, False)]
        self._start = 0.0
        self._sent = 0

    def running(self, on: bool) -> None:
        """An inference begins or ends now."""
        self._changes.append((time.monotonic(), on))

    def take(self, data: bytes) -> None:
        super().take(data)
        if data[-1:] == b"\x06":
            self._start, self._sent = time.monotonic(), 0
        elif data[-1:] == b"\x07":
            self._start = 0.0

    def stream(self) -> bytes:
        """Samples up to a moment ago: what happens now is not known yet."""
        if not self._start:
            return b""
        last = int((time.monotonic() - 0.005 - self._start) * _PPK2_HZ)
        number = np.arange(self._sent, max(self._sent, last))
        self._sent = max(self._sent, last)
        changes = list(self._changes)
        at = np.array([change[0] for change in changes])
        on = np.array([change[1] for change in changes])
        active = on[np.searchsorted(at, self._start + number / _PPK2_HZ, side="right") - 1]
        codes = [int(_ppk2_code(3, np.array(a), 3.3)) for a in self._amperes]
        words = np.where(active, codes[1], codes[0]) | 3 << 14 | (number & 0x3F) << 18
        return bytes((words | (~active).astype(np.int64) << 24).astype("<u4").tobytes())


def _ppk2_stream(wave: Waveform, volts: float, lost: frozenset[int]) -> list[bytes]:
    """The word of every sample."""
    number = np.arange(round(wave.duration_s * _PPK2_HZ))
    current, level = wave.at(number / _PPK2_HZ)
    place = np.where(current < 0.05, 3, 4)
    code = np.where(place == 3, _ppk2_code(3, current, volts), _ppk2_code(4, current, volts))
    words = code | place << 14 | (number & 0x3F) << 18 | level.astype(np.int64) << 24
    raw = words.astype("<u4").tobytes()
    return [b"" if i in lost else raw[4 * i : 4 * i + 4] for i in number.tolist()]


def _ppk2_code(place: int, current: Real, volts: float) -> npt.NDArray[np.int64]:
    """The converter's value for a current in a range, by the calibration backwards.

    current = x (GS x + GI) + S volts + I, where x = (4 code - O) * 1.8 / 163840 / R.
    """
    of = dict(line.split(": ") for line in _PPK2_METADATA.splitlines() if ": " in line)
    r, gs, gi, o, s, i = (float(of[f"{name}{place}"]) for name in ("R", "GS", "GI", "O", "S", "I"))
    root = np.sqrt(gi**2 - 4 * gs * (s * volts + i - current))
    x = (root - gi) / (2 * gs)
    code = np.round((x * r * 163840 / 1.8 + o) / 4)
    return np.clip(code, 0, 0x3FFF).astype(np.int64)


class SimulatedLpm01a(OnPty):
    """A power shield.

    Args:
        wave: what the board takes.
        refuses: a command that it answers with an error.
        lost: numbers of samples that get lost.
        overrange: it stops with an error after so many samples.
    """

    def __init__(
        self,
        wave: Waveform,
        *,
        refuses: str = "",
        lost: frozenset[int] = frozenset(),
        overrange: int = 0,
    ) -> None:
        super().__init__()
        self.commands: list[str] = []
        self.played = _Played(_lpm_stream(wave, lost, overrange), _LPM_HZ)
        self._refuses = refuses
        self._line = b""

    def take(self, data: bytes) -> None:
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            self.command(line.decode().strip())

    def command(self, text: str) -> None:
        self.commands.append(text)
        if text == "stop":
            self.played.end()
            self.send(b"end\r\nPowerShield > Acquisition completed\r\n")
        elif self._refuses and text.startswith(self._refuses):
            self.send(f"PowerShield > error {text}\r\nError detail: not now\r\n".encode())
        else:
            self.send(f"PowerShield > ack {text}\r\n".encode())
        if text == "start":
            self.played.begin()

    def stream(self) -> bytes:
        return self.played.due()

    def sent(self) -> None:
        self.played.told()


def _lpm_stream(wave: Waveform, lost: frozenset[int], overrange: int) -> list[bytes]:
    """What is sent for each sample: itself, and what is said in front of it."""
    times = np.arange(round(wave.duration_s * _LPM_HZ)) / _LPM_HZ
    pieces = []
    before = 1.0
    for number, (current, level) in enumerate(zip(*wave.at(times), strict=True)):
        said = []
        if number % _LPM_HZ == 0:
            said.append(f"TimeStamp: {number // _LPM_HZ:03d}s 000ms, buff 00%")
        if before and not level:
            said.append(f"event {number % 100:02d} ris")
        if overrange and number == overrange:
            said.append("error: overcurrent")
        if number not in lost:
            said.append(_lpm_sample(current))
        before = level
        pieces.append("".join(f"{line}\r\n" for line in said).encode())
    return pieces


def _lpm_sample(current: float) -> str:
    """Four digits and a power of ten, as the shield writes a current."""
    exponent = -10
    while round(current / 10.0**exponent) > 9999:
        exponent += 1
    return f"{round(current / 10.0**exponent):04d}{exponent:+03d}"

"""Serial lines that exist in memory only, good ones and bad ones."""

from __future__ import annotations

import random
import socket
import struct
import time
import zlib
from collections.abc import Callable, Sequence

import pytest

from edgekit.harness import protocol
from edgekit.harness._wire import Line
from edgekit.harness.protocol import Request, Status
from tests.support.tiny import BUILD_ID, op_outputs


class FakeDevice:
    """The console of the model `tiny` as a line: what it is sent, it answers at once."""

    timeout: float | None = 0.0

    def __init__(self, version: int = protocol.VERSION) -> None:
        self.closed = False
        self.build_id = BUILD_ID
        self.requests: list[Request] = []
        self._version = version
        self._splitter = protocol.Splitter()
        self._out = b""
        self.system = struct.pack("<11I", *[0] * 11)  # what this computer's console says
        self.reset()

    def reset(self) -> None:
        """Lose what a device loses, and say what it says then."""
        self._input = bytearray(600)
        self._executed = 0
        self._last: tuple[bytes, bytes] = (b"", b"")
        self._done = -1
        self.say(b"m-timestamp-mode-performance\r\nm-lap-us-1\r\nm-init-done\r\nm-ready\r\n")

    def read(self, size: int, /) -> bytes:
        if not self._out and self.timeout:
            time.sleep(self.timeout)
        data, self._out = self._out[:size], self._out[size:]
        return data

    def write(self, data: bytes, /) -> int:
        for item in self._splitter.feed(data):
            if isinstance(item, protocol.Frame):
                self.requests.append(Request(item.type))
                asked = bytes([item.type, item.seq]) + item.payload
                if asked != self._last[0]:
                    self._executed += 1
                    status, answer = self._answer(Request(item.type), item.payload)
                    said = protocol.encode(item.type, item.seq, bytes([status]) + answer)
                    self._last = (asked, said)
                self.say(self._last[1])
        return len(data)

    def say(self, data: bytes) -> None:
        """Send something unasked."""
        self._out += data

    def close(self) -> None:
        self.closed = True

    def _answer(self, kind: Request, payload: bytes) -> tuple[Status, bytes]:
        outputs = op_outputs(bytes(self._input))
        if kind is Request.HELLO:
            numbers = (self._version, 248, 1000, 0, 1216, 600, 1, 1, 2, self.build_id.encode())
            return Status.OK, struct.pack("<BHIIIIHHH16s", *numbers) + b"tiny"
        if kind is Request.CHECK:
            return Status.OK, struct.pack("<II", zlib.crc32(self._input), self._executed)
        if kind is Request.SYSTEM:
            return Status.OK, self.system + b"12.2.1 20221205\n-mcpu=core -O2 -g"
        if kind is Request.WRITE_INPUT:
            offset = int.from_bytes(payload[:4], "little")
            self._input[offset : offset + len(payload) - 4] = payload[4:]
            return Status.OK, b""
        if kind in (Request.INVOKE, Request.STACK):
            return Status.OK, struct.pack("<I", 100)
        if kind is Request.TRACE:
            entries = [struct.pack("<III", zlib.crc32(o), len(o), 50) for o in outputs]
            return Status.OK, b"".join(entries[payload[0] :])
        if kind is Request.RUN_TO:
            self._done = payload[0]
            return (Status.OK, b"") if payload[0] < 2 else (Status.RANGE, b"")
        op, offset = struct.unpack("<HI", payload)
        if kind is Request.READ_OP_OUTPUT and op != self._done:
            return Status.ORDER, b""
        tensor = outputs[1 if kind is Request.READ_OUTPUT else op]
        return Status.OK, struct.pack("<I", len(tensor)) + tensor[offset : offset + 243]


class TimedDevice(FakeDevice):
    """The same with a timer of 1 MHz that goes on while inferences take their time.

    Args:
        latency_s: of each inference, one after the other; the last one is repeated.
        clock: seconds that the device counts for each second.
        ops: what the two ops take by themselves, as shares of the last latency.
        running: told when an inference begins and ends.
        measured: it says how long it really took, which is longer where this computer is busy.
    """

    def __init__(
        self,
        latency_s: Sequence[float] = (0.02,),
        *,
        clock: float = 1.0,
        ops: tuple[float, float] = (0.5, 0.5),
        running: Callable[[bool], None] = lambda _: None,
        measured: bool = False,
    ) -> None:
        super().__init__()
        self._latency = list(latency_s)
        self._clock = clock
        self._ops = ops
        self._running = running
        self._measured = measured

    def write(self, data: bytes, /) -> int:
        if data == b"timestamp%":
            self.say(f"m-lap-us-{self._ticks(time.monotonic())}\r\nm-ready\r\n".encode())
            return len(data)
        return super().write(data)

    def _ticks(self, seconds: float) -> int:
        return round(seconds * self._clock * 1e6)

    def _answer(self, kind: Request, payload: bytes) -> tuple[Status, bytes]:
        status, answer = super()._answer(kind, payload)
        if kind is Request.HELLO:
            answer = answer[:3] + struct.pack("<I", 1_000_000) + answer[7:]
        elif kind is Request.INVOKE:
            latency = self._latency.pop(0) if len(self._latency) > 1 else self._latency[0]
            self._running(True)
            start = time.monotonic()
            time.sleep(latency)
            took = time.monotonic() - start
            self._running(False)
            answer = struct.pack("<I", self._ticks(took if self._measured else latency))
        elif kind is Request.TRACE:
            entries = [list(entry) for entry in struct.iter_unpack("<III", answer)]
            for entry, share in zip(entries, self._ops[payload[0] :], strict=True):
                entry[2] = self._ticks(share * self._latency[-1])
            answer = b"".join(struct.pack("<III", *entry) for entry in entries)
        return status, answer


class FaultyLine:
    """A line that harms what goes through it, the same way each time.

    Args:
        inner: the line behind it.
        seed: of the faults.
        rate: the share of bytes that are lost, changed, doubled, or have noise put before them.
    """

    def __init__(self, inner: Line, seed: int, rate: float) -> None:
        self._inner = inner
        self._random = random.Random(seed)
        self._rate = rate
        self.faults = 0

    @property
    def timeout(self) -> float | None:
        return self._inner.timeout

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        self._inner.timeout = value

    def read(self, size: int, /) -> bytes:
        return self._harm(self._inner.read(size))

    def write(self, data: bytes, /) -> int:
        self._inner.write(self._harm(data))
        return len(data)

    def close(self) -> None:
        self._inner.close()

    def _harm(self, data: bytes) -> bytes:
        ways: list[Callable[[int], bytes]] = [
            lambda b: b"",
            lambda b: bytes([b ^ 1 << self._random.randrange(8)]),
            lambda b: bytes([b, b]),
            lambda b: self._random.randbytes(self._random.randrange(1, 20)) + bytes([b]),
        ]
        out = b""
        for byte in data:
            if self._random.random() < self._rate:
                self.faults += 1
                out += self._random.choice(ways)(byte)
            else:
                out += bytes([byte])
        return out


def read_until(url: str, end: bytes, then: bytes = b"", end_2: bytes = b"") -> tuple[bytes, bytes]:
    """Everything a device says from its start on: up to `end`, and after `then` up to `end_2`.

    A plain socket: pyserial throws away what has already come when it opens one.
    """
    host, port = url.removeprefix("socket://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        first = _read_until(line, end)
        line.sendall(then)
        return first, _read_until(line, end_2)


def _read_until(line: socket.socket, end: bytes) -> bytes:
    said = b""
    while not said.endswith(end):
        said += line.recv(1) or pytest.fail(f"the line ended after {said!r}")
    return said

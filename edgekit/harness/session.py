"""A conversation with a device: requests, repeated until they are answered."""

from __future__ import annotations

import secrets
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, TypeVar

import serial

from edgekit import transports
from edgekit.emulators import Link
from edgekit.errors import DeviceError
from edgekit.harness import protocol
from edgekit.harness.protocol import Frame, Hello, OpTrace, Request, Status

T = TypeVar("T")

_LONGEST_RETRY_S = 8.0
_CHUNK = 4096

_SILENT = (
    "is it powered, is the console firmware on it (`edgekit flash`), is it the right port and the "
    "board's baud rate?"
)

_SMALL_STACK = (
    "the stack is too small: raise stack_bytes in the chip's soc.toml, convert and build again, "
    "and reset the board"
)


class Line(Protocol):
    """What a session needs of a serial line; pyserial's classes have it."""

    timeout: float | None

    def read(self, size: int, /) -> bytes: ...  # noqa: D102 - pyserial's

    def write(self, data: bytes, /) -> int | None: ...  # noqa: D102 - pyserial's

    def close(self) -> None: ...  # noqa: D102 - pyserial's


@dataclass(frozen=True, slots=True)
class Timing:
    """How long an inference took, in ticks of the device's timer.

    Attributes:
        ticks: without the cost of reading the timer.
        tick_hz: rate of that timer on the real chip.
        instructions: executed, where they are counted.
        latency_us: None in an emulator: what it says about time is not true.
        waited_s: from the request to its answer, by this computer's clock.
    """

    ticks: int
    tick_hz: int
    instructions: int | None
    latency_us: float | None
    waited_s: float


class Device:
    """A device under test. Use it in a `with` block.

    Args:
        link: where it is.
        line: an open line, instead of opening `link.url`.
        long_s: how long an inference may take, in seconds.
        quick_s: how long everything else may take.
        retry_s: when a request is repeated for the first time.
    """

    def __init__(
        self,
        link: Link,
        line: Line | None = None,
        *,
        long_s: float = 300.0,
        quick_s: float = 10.0,
        retry_s: float = 0.5,
    ) -> None:
        self._link = link
        self._line = line
        self._long_s = long_s
        self._quick_s = quick_s
        self._retry_s = retry_s
        self._splitter = protocol.Splitter()
        self._seq = secrets.randbelow(256)
        self._hello: Hello | None = None
        self._texts: deque[str] = deque(maxlen=100)

    def __enter__(self) -> Device:
        """Open the line.

        Raises:
            DeviceError: it can't be opened.
        """
        if self._line is None:
            self._line = transports.open_link(self._link.url, self._link.baud)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    @property
    def link(self) -> Link:
        """Where the device is."""
        return self._link

    def hello(self) -> Hello:
        """Who it is; asked once.

        Raises:
            DeviceError: it does not answer, or speaks another version of the protocol.
        """
        if self._hello is None:
            self._hello = self._ask(Request.HELLO, b"", protocol.parse_hello)
        return self._hello

    def expect(self, build_id: str) -> Hello:
        """Make sure that the device runs a certain build.

        Raises:
            DeviceError: it runs another one.
        """
        hello = self.hello()
        if hello.build_id != build_id:
            raise DeviceError(
                f"the device runs the build {hello.build_id} of {hello.model!r}, "
                f"expected is {build_id}",
                "program it with `edgekit flash` first",
            )
        return hello

    def write_inputs(self, inputs: Sequence[bytes]) -> None:
        """Load the model's inputs; they stay loaded for any number of inferences.

        Args:
            inputs: the bytes of each input, little endian.

        Raises:
            DeviceError: their sizes are not the model's, or the device does not answer.
        """
        hello = self.hello()
        data = b"".join(inputs)
        if len(inputs) != hello.inputs or len(data) != hello.input_bytes:
            raise DeviceError(
                f"the model on the device has {hello.inputs} inputs of {hello.input_bytes} bytes "
                f"in all, got {len(inputs)} of {len(data)}"
            )
        step = hello.max_payload - 4
        for offset in range(0, len(data), step):
            payload = struct.pack("<I", offset) + data[offset : offset + step]
            self._request(Request.WRITE_INPUT, payload)

    def invoke(self) -> Timing:
        """Run one inference.

        Raises:
            DeviceError: no answer.
        """
        tick_hz = self.hello().tick_hz
        start = time.monotonic()
        ticks = self._ask(Request.INVOKE, b"", protocol.parse_number, self._long_s)
        waited_s = time.monotonic() - start
        latency_us = None if self._link.emulated else ticks * 1e6 / tick_hz
        return Timing(ticks, tick_hz, self.instructions(ticks), latency_us, waited_s)

    def instructions(self, ticks: int) -> int | None:
        """What ticks are worth in instructions, where they are counted."""
        per_tick = self._link.instructions_per_tick
        return None if per_tick is None else round(ticks * per_tick)

    def read_output(self, index: int = 0) -> bytes:
        """The bytes of an output after the last inference.

        Raises:
            DeviceError: there is no such output, or no answer.
        """
        return self._read_tensor(Request.READ_OUTPUT, index)

    def trace(self) -> list[OpTrace]:
        """Run the ops one by one and look at each one's output before the next may overwrite it.

        Raises:
            DeviceError: no answer.
        """
        entries: list[OpTrace] = []
        while len(entries) < self.hello().ops:
            page = struct.pack("<H", len(entries))
            entries += self._ask(Request.TRACE, page, protocol.parse_trace, self._long_s)
        return entries

    def read_op_output(self, op: int) -> bytes:
        """Run the ops 0 to `op` and fetch the output of that one.

        Raises:
            DeviceError: there is no such op, or no answer.
        """
        self._request(Request.RUN_TO, struct.pack("<H", op), self._long_s)
        return self._read_tensor(Request.READ_OP_OUTPUT, op)

    def stack_bytes(self) -> int | None:
        """Stack that one inference needs; None where that can't be told (the host build)."""
        try:
            return self._ask(Request.STACK, b"", protocol.parse_number, self._long_s)
        except AbsentError:
            return None

    def command(self, text: str, timeout_s: float = 60.0) -> list[str]:
        """Send a command of the MLPerf Tiny protocol.

        Args:
            text: without the `%` at its end.
            timeout_s: how long the answer may take.

        Returns:
            The lines of the answer, without the `m-ready` at its end.

        Raises:
            DeviceError: no answer.
        """
        self.hello()  # its answer comes behind what the device says at boot
        for _ in self._receive(0.0):
            pass
        self._write(text.encode("ascii") + b"%")
        lines: list[str] = []
        for item in self._receive(timeout_s):
            if item == "m-ready":
                return lines
            if isinstance(item, str):
                lines.append(item)
        raise DeviceError(f"no answer to the command {text!r} within {timeout_s:g} s", _SILENT)

    def _read_tensor(self, kind: Request, index: int) -> bytes:
        data = b""
        while True:
            payload = self._request(kind, struct.pack("<HI", index, len(data)))
            if len(payload) < 4:
                raise DeviceError(f"the answer to {kind.name} is too short")
            size = int.from_bytes(payload[:4], "little")
            data += payload[4:]
            if len(data) >= size:
                return data
            if len(payload) == 4:
                raise DeviceError(f"{kind.name} ends at {len(data)} of {size} bytes")

    def _ask(
        self,
        kind: Request,
        payload: bytes,
        parse: Callable[[bytes], T],
        timeout_s: float | None = None,
    ) -> T:
        try:
            return parse(self._request(kind, payload, timeout_s))
        except protocol.ProtocolError as error:
            raise DeviceError(str(error), "build and flash the firmware again") from error

    def _request(self, kind: Request, payload: bytes, limit_s: float | None = None) -> bytes:
        """Send a request until it is answered.

        The device remembers its last answer: the same request again costs it nothing, so asking
        again is safe even while it is still busy with the first.
        """
        self._seq = (self._seq + 1) % 256
        frame = protocol.encode(kind, self._seq, payload)
        timeout_s = self._quick_s if limit_s is None else limit_s
        deadline = time.monotonic() + timeout_s
        wait_s = self._retry_s
        while (left_s := deadline - time.monotonic()) > 0:
            self._write(frame)
            for item in self._receive(min(wait_s, left_s)):
                if isinstance(item, Frame) and (item.type, item.seq) == (kind, self._seq):
                    return _checked(kind, item.payload)
            wait_s = min(2 * wait_s, _LONGEST_RETRY_S)
        raise self._silence(kind, timeout_s)

    def _silence(self, kind: Request, timeout_s: float) -> DeviceError:
        said = f"; the last thing it said: {self._texts[-1]!r}" if self._texts else ""
        where = f"{self._link.url} does not answer {kind.name}"
        return DeviceError(f"the device at {where} within {timeout_s:g} s{said}", _SILENT)

    def _receive(self, limit_s: float) -> Iterator[Frame | str]:
        """Frames and lines as they come, until the time is up."""
        deadline = time.monotonic() + limit_s
        while True:
            for item in self._splitter.feed(self._read(deadline - time.monotonic())):
                if isinstance(item, str):
                    self._note(item)
                yield item
            if time.monotonic() >= deadline:
                return

    def _note(self, text: str) -> None:
        text = text.strip()
        self._texts.append(text)
        if text.startswith("e-[Fault"):
            small = "stack overflow" in text
            raise DeviceError(
                f"the firmware stopped: {text}", _SMALL_STACK if small else "reset the board"
            )

    def _read(self, limit_s: float) -> bytes:
        """What is there, or what comes first within the limit."""
        line = self._open_line()
        try:
            line.timeout = max(limit_s, 0.0)
            data = bytes(line.read(1))
            if data:
                line.timeout = 0.0
                data += bytes(line.read(_CHUNK))
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error
        return data

    def _write(self, data: bytes) -> None:
        try:
            self._open_line().write(data)
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

    def _open_line(self) -> Line:
        if self._line is None:
            raise DeviceError("the session is not open")
        return self._line

    def _lost(self, error: Exception) -> DeviceError:
        return DeviceError(
            f"the line to {self._link.url} broke: {error}", "is it still plugged in?"
        )


class AbsentError(DeviceError):
    """The device can't do this."""


def _checked(kind: Request, payload: bytes) -> bytes:
    """The answer behind its status.

    Raises:
        DeviceError: the status is not OK.
    """
    status = payload[0] if payload else -1
    if status == Status.OK:
        return payload[1:]
    if status == Status.ABSENT:
        raise AbsentError(f"the device can't do {kind.name}")
    names = {s.value: s.name for s in Status}
    name = names.get(status, f"status {status}")
    raise DeviceError(f"the device refuses {kind.name}: {name}", "see docs/protocol.md")

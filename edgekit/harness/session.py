"""A conversation with a device: requests, repeated until they are answered."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TypeVar

from edgekit import transports
from edgekit.emulators import Link
from edgekit.errors import DeviceError
from edgekit.harness import protocol
from edgekit.harness._asker import AbsentError, Asker, RefusedError
from edgekit.harness._wire import Line, Wire
from edgekit.harness.protocol import Hello, OpTrace, Request, System

T = TypeVar("T")

_MOST_RESETS = 5


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
        reopen: opens the line again after it broke; an emulator that is gone does not come back.
        gone_s: how long a line that broke is waited for.
    """

    def __init__(
        self,
        link: Link,
        line: Line | None = None,
        *,
        long_s: float = 300.0,
        quick_s: float = 10.0,
        retry_s: float = 0.5,
        reopen: Callable[[], Line] | None = None,
        gone_s: float = 10.0,
    ) -> None:
        self._link = link
        if reopen is None and line is None:
            reopen = partial(transports.open_link, link.url, link.baud)
        self._wire = Wire(link.url, line, reopen)
        gone_s = 0.0 if link.emulated else gone_s
        self._asker = Asker(link.url, self._wire, quick_s=quick_s, retry_s=retry_s, gone_s=gone_s)
        self._long_s = long_s
        self._hello: Hello | None = None
        self._data: bytes | None = None  # what the inputs were loaded with
        self._invoked = False
        self._served = 0  # requests that the device had executed when it was last asked
        self._asked = 0  # how many were asked then
        self._resets = 0

    def __enter__(self) -> Device:
        """Open the line.

        Raises:
            DeviceError: it can't be opened.
        """
        self._wire.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()

    @property
    def resets(self) -> int:
        """How often the device was found to have started anew; nothing was lost by that."""
        return self._resets

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
            self._hello = self._asker.ask(Request.HELLO, b"", protocol.parse_hello)
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

    def system(self) -> System:
        """What it says of core, chip and build; harness/system.py reads it.

        Raises:
            DeviceError: no answer.
        """
        self.hello()
        return self._asker.ask(Request.SYSTEM, b"", protocol.parse_system)

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
        self._data, self._invoked = data, False
        self._load()

    def invoke(self) -> Timing:
        """Run one inference.

        Raises:
            DeviceError: no answer.
        """
        timing = self._surely(self._invoke)
        self._invoked = True
        return timing

    def _invoke(self) -> Timing:
        tick_hz = self.hello().tick_hz
        start = time.monotonic()
        ticks = self._asker.ask(Request.INVOKE, b"", protocol.parse_number, self._long_s)
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

        def read() -> bytes:
            return self._read_tensor(Request.READ_OUTPUT, index)

        return self._surely(read, self._invoke if self._invoked else None)

    def trace(self) -> list[OpTrace]:
        """Run the ops one by one and look at each one's output before the next may overwrite it.

        Raises:
            DeviceError: no answer.
        """
        return self._surely(self._trace)

    def _trace(self) -> list[OpTrace]:
        entries: list[OpTrace] = []
        while len(entries) < self.hello().ops:
            page = struct.pack("<H", len(entries))
            entries += self._asker.ask(Request.TRACE, page, protocol.parse_trace, self._long_s)
        return entries

    def read_op_output(self, op: int) -> bytes:
        """Run the ops 0 to `op` and fetch the output of that one.

        Raises:
            DeviceError: there is no such op, or no answer.
        """

        def read() -> bytes:
            self._asker.request(Request.RUN_TO, struct.pack("<H", op), self._long_s)
            return self._read_tensor(Request.READ_OP_OUTPUT, op)

        return self._surely(read)

    def stack_bytes(self) -> int | None:
        """Stack that one inference needs; None where that can't be told (the host build)."""

        def ask() -> int:
            return self._asker.ask(Request.STACK, b"", protocol.parse_number, self._long_s)

        try:
            return self._surely(ask)
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
        self._data = None  # a command may load something else
        return self._asker.command(text, timeout_s)

    def is_whole(self) -> bool:
        """Whether the device still has what it was given, and did not start anew since last asked.

        Raises:
            DeviceError: no answer.
        """
        crc, served = self._asker.ask(Request.CHECK, b"", protocol.parse_check)
        whole = served >= self._served + self._asker.count - self._asked
        self._served, self._asked = served, self._asker.count
        return whole and (self._data is None or crc == zlib.crc32(self._data))

    def _read_tensor(self, kind: Request, index: int) -> bytes:
        data = b""
        while True:
            payload = self._asker.request(kind, struct.pack("<HI", index, len(data)))
            if len(payload) < 4:
                raise DeviceError(f"the answer to {kind.name} is too short")
            size = int.from_bytes(payload[:4], "little")
            data += payload[4:]
            if len(data) >= size:
                return data
            if len(payload) == 4:
                raise DeviceError(f"{kind.name} ends at {len(data)} of {size} bytes")

    def _load(self) -> None:
        """Send the inputs' bytes."""
        assert self._data is not None  # write_inputs came first
        step = self.hello().max_payload - 4
        for offset in range(0, len(self._data), step):
            payload = struct.pack("<I", offset) + self._data[offset : offset + step]
            self._asker.request(Request.WRITE_INPUT, payload)

    def _surely(self, work: Callable[[], T], first: Callable[[], object] | None = None) -> T:
        """Do something that relies on what the device has in its memory.

        A device that started anew meanwhile has lost the inputs, or a part of them. It is asked
        afterwards; if so, the inputs are loaded again, and the work is done again.

        Args:
            work: what to do.
            first: what must have been done before; done again after a reset.

        Raises:
            DeviceError: it keeps starting anew, or comes back as another one.
        """
        for _ in range(_MOST_RESETS):
            try:
                found = work()
            except RefusedError:
                if self.is_whole():
                    raise
            else:
                if self.is_whole():
                    return found
            self._resets += 1
            self._restore()
            if first is not None:
                first()
        raise DeviceError(
            f"the device at {self._link.url} keeps starting anew: {self._resets} times so far",
            "is its supply strong enough, does a watchdog run?",
        )

    def _restore(self) -> None:
        """After a reset: make sure that it is the same device, and load the inputs again."""
        before, self._hello = self.hello(), None
        if self.hello() != before:
            raise DeviceError(
                f"the device at {self._link.url} came back as another one: build "
                f"{self.hello().build_id} instead of {before.build_id}"
            )
        if self._data is not None:
            self._load()

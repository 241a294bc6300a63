"""Requests, repeated until they are answered, over a line that loses, breaks and comes back."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from edgekit.errors import DeviceError
from edgekit.harness import protocol
from edgekit.harness._wire import LostError, Wire
from edgekit.harness.protocol import Frame, Request, Status

T = TypeVar("T")

_LONGEST_RETRY_S = 8.0
#: What ends every answer of the text protocol, and what a device says when it has started.
_READY = "m-ready"
#: A device that has just started gets so long to answer what it may have heard already.
_STARTED_S = 0.02

_SILENT = (
    "is it powered, is the console firmware on it (`edgekit flash`), is it the right port and the "
    "board's baud rate?"
)

_SMALL_STACK = (
    "the stack is too small: raise stack_bytes in the chip's soc.toml, convert and build again, "
    "and reset the board"
)


class RefusedError(DeviceError):
    """The device refuses a request."""


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
    raise RefusedError(f"the device refuses {kind.name}: {name}", "see docs/protocol.md")


class Asker:
    """Asks a device, and asks again until it answers.

    Args:
        url: of the device, for messages.
        wire: the line to it.
        quick_s: how long an answer may take, if nothing else is said.
        retry_s: when a request is repeated for the first time.
        gone_s: how long a line that broke is waited for.
    """

    def __init__(
        self, url: str, wire: Wire, *, quick_s: float, retry_s: float, gone_s: float
    ) -> None:
        self._url = url
        self._wire = wire
        self._quick_s = quick_s
        self._retry_s = retry_s
        self._gone_s = gone_s
        self._splitter = protocol.Splitter()
        self._items: deque[Frame | str] = deque()  # received and not looked at yet
        self._seq = secrets.randbelow(256)
        self._texts: deque[str] = deque(maxlen=100)
        self.count = 0  # requests so far

    def ask(
        self,
        kind: Request,
        payload: bytes,
        parse: Callable[[bytes], T],
        timeout_s: float | None = None,
    ) -> T:
        """Send a request and read its answer.

        Raises:
            RefusedError, AbsentError: the device refuses it, or can't do it.
            LostError: the line broke and does not come back.
            DeviceError: no answer, or one that makes no sense.
        """
        try:
            return parse(self.request(kind, payload, timeout_s))
        except protocol.ProtocolError as error:
            raise DeviceError(str(error), "build and flash the firmware again") from error

    def request(self, kind: Request, payload: bytes, limit_s: float | None = None) -> bytes:
        """Send a request until it is answered.

        The device remembers its last answer: the same request again costs it nothing, so asking
        again is safe even while it is still busy with the first. One that says that it has started
        has hardly listened before: it is asked again soon.
        """
        self._seq = (self._seq + 1) % 256
        self.count += 1
        frame = protocol.encode(kind, self._seq, payload)
        timeout_s = self._quick_s if limit_s is None else limit_s
        deadline = time.monotonic() + timeout_s
        wait_s = self._retry_s
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                self._wire.write(frame)
                heard = self._listen(kind, min(wait_s, left_s))
                if started := heard == _READY:
                    heard = self._listen(kind, _STARTED_S)
            except LostError:
                if not self._wire.come_back(self._gone_s):
                    raise
                self._splitter = protocol.Splitter()
                self._items.clear()
                continue
            if isinstance(heard, Frame):
                return _checked(kind, heard.payload)
            if not started:
                wait_s = min(2 * wait_s, _LONGEST_RETRY_S)
        self.count -= 1  # nobody knows whether it was executed
        raise self._silence(kind, timeout_s)

    def _listen(self, kind: Request, limit_s: float) -> Frame | str | None:
        """The answer to the request, or that the device has started, whichever comes first."""
        for item in self._receive(limit_s):
            if item == _READY:
                return item
            if isinstance(item, Frame) and (item.type, item.seq) == (kind, self._seq):
                return item
        return None

    def command(self, text: str, timeout_s: float) -> list[str]:
        """Send a command of the text protocol; returns its answer without the `m-ready`.

        It is sent once: not every command may be executed twice.

        Raises:
            DeviceError: no answer.
        """
        for _ in self._receive(0.0):
            pass
        self._wire.write(text.encode("ascii") + b"%")
        lines: list[str] = []
        for item in self._receive(timeout_s):
            if item == _READY:
                return lines
            if isinstance(item, str):
                lines.append(item)
        raise DeviceError(f"no answer to the command {text!r} within {timeout_s:g} s", _SILENT)

    def _silence(self, kind: Request, timeout_s: float) -> DeviceError:
        said = f"; the last thing it said: {self._texts[-1]!r}" if self._texts else ""
        where = f"{self._url} does not answer {kind.name}"
        return DeviceError(f"the device at {where} within {timeout_s:g} s{said}", _SILENT)

    def _receive(self, limit_s: float) -> Iterator[Frame | str]:
        """Frames and lines as they come, until the time is up."""
        deadline = time.monotonic() + limit_s
        late = False
        while True:
            while self._items:
                item = self._items.popleft()
                if isinstance(item, str):
                    self._note(item)
                yield item
            if late:
                return
            self._items += self._splitter.feed(self._wire.read(deadline - time.monotonic()))
            late = time.monotonic() >= deadline

    def _note(self, text: str) -> None:
        text = text.strip()
        self._texts.append(text)
        if text.startswith("e-[Fault"):
            small = "stack overflow" in text
            raise DeviceError(
                f"the firmware stopped: {text}", _SMALL_STACK if small else "reset the board"
            )

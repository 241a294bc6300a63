"""A serial line that may break: opened, read, written, and opened again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Protocol

import serial

from edgekit.errors import DeviceError

_CHUNK = 4096
_AGAIN_S = 0.2


class Line(Protocol):
    """What a session needs of a serial line; pyserial's classes have it."""

    timeout: float | None

    def read(self, size: int, /) -> bytes: ...

    def write(self, data: bytes, /) -> int | None: ...

    def close(self) -> None: ...


class LostError(DeviceError):
    """The line broke: the port is gone."""


class Wire:
    """A line to a device.

    Args:
        name: for messages.
        line: an open line, or None.
        reopen: opens it, also again after it broke; None where that can't be done.
    """

    def __init__(self, name: str, line: Line | None, reopen: Callable[[], Line] | None) -> None:
        self._name = name
        self._line = line
        self._reopen = reopen

    def open(self) -> None:
        """Open it, unless it is.

        Raises:
            DeviceError: it can't be opened.
        """
        if self._line is None and self._reopen is not None:
            self._line = self._reopen()

    def close(self) -> None:
        """Close it."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(serial.SerialException, OSError):
                line.close()

    def come_back(self, limit_s: float) -> bool:
        """After it broke: wait until it can be opened again; False where it can't."""
        self.close()
        deadline = time.monotonic() + limit_s
        while self._line is None and self._reopen is not None and time.monotonic() < deadline:
            with contextlib.suppress(DeviceError):
                self._line = self._reopen()
                return True
            time.sleep(_AGAIN_S)
        return False

    def read(self, limit_s: float) -> bytes:
        """What is there, or what comes first within the limit.

        Raises:
            LostError: the line broke.
        """
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

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            LostError: the line broke.
        """
        try:
            self._open_line().write(data)
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

    def _open_line(self) -> Line:
        if self._line is None:
            raise DeviceError("the session is not open")
        return self._line

    def _lost(self, error: Exception) -> LostError:
        return LostError(f"the line to {self._name} broke: {error}", "is it still plugged in?")

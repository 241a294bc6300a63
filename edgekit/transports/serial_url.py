"""Opens a serial port by name, or by one of pyserial's URLs, e.g. `socket://127.0.0.1:5000`."""

from __future__ import annotations

import contextlib
import socket

import serial
from serial.urlhandler import protocol_socket

from edgekit.errors import DeviceError

_WRITE_LIMIT_S = 30.0


class _Socket(protocol_socket.Serial):
    """pyserial's own, which sleeps for 0.3 s after closing: an emulator is gone with its line, and
    what else is opened again is tried until it opens."""

    _socket: socket.socket

    def close(self) -> None:
        """Close it; the other side sees the end at once."""
        if not self.is_open:
            return
        self.is_open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def open_link(url_or_port: str, baud: int) -> serial.SerialBase:
    """Open a line, 8N1.

    Args:
        url_or_port: a port's name or a URL.
        baud: speed; a socket has none and ignores it.

    Raises:
        DeviceError: there is no such port, it is in use, or it can't be had.
    """
    opened = _Socket if url_or_port.startswith("socket://") else serial.serial_for_url
    try:
        return opened(url_or_port, baudrate=baud, timeout=0.1, write_timeout=_WRITE_LIMIT_S)
    except (serial.SerialException, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DeviceError(
            f"can't open the port {url_or_port}: {reason}",
            "`edgekit ports` lists the ports that are there; is another program using it, and may "
            "you (group dialout)?",
        ) from error

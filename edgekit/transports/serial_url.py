"""Opens a serial port by name, or by one of pyserial's URLs, e.g. `socket://127.0.0.1:5000`."""

from __future__ import annotations

import serial

from edgekit.errors import DeviceError

_WRITE_LIMIT_S = 30.0


def open_link(url_or_port: str, baud: int) -> serial.SerialBase:
    """Open a line, 8N1.

    Args:
        url_or_port: a port's name or a URL.
        baud: speed; a socket has none and ignores it.

    Raises:
        DeviceError: there is no such port, it is in use, or it can't be had.
    """
    try:
        return serial.serial_for_url(
            url_or_port, baudrate=baud, timeout=0.1, write_timeout=_WRITE_LIMIT_S
        )
    except (serial.SerialException, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DeviceError(
            f"can't open the port {url_or_port}: {reason}",
            "`edgekit ports` lists the ports that are there; is another program using it, and may "
            "you (group dialout)?",
        ) from error

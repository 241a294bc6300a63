"""Serial lines: real ports and whatever else pyserial has a URL for."""

from edgekit.transports.serial_url import open_link

__all__ = ["open_link"]

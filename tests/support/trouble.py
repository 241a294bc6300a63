"""A line to a board that is having a bad day, the same one for each seed."""

from __future__ import annotations

import random
from collections import Counter

import serial

from edgekit.errors import DeviceError
from tests.support.lines import FakeDevice


class Trouble:
    """What goes wrong between a session and a device.

    Args:
        device: the device behind the lines that `open` gives.
        seed: of the faults.
        bytes_rate: share of bytes that are lost, changed, doubled or have noise before them.
        vanish: share of requests at which the port is gone, for the next `absent` times that
            somebody tries to open it.
        reset: share of requests before or behind which the device starts anew.
        slow: share of answers that come only when the request was repeated.
    """

    def __init__(
        self,
        device: FakeDevice,
        seed: int,
        *,
        bytes_rate: float = 0.0,
        vanish: float = 0.0,
        reset: float = 0.0,
        slow: float = 0.0,
        absent: int = 2,
    ) -> None:
        self.device = device
        self.random = random.Random(seed)
        self.happened: Counter[str] = Counter()
        self.bytes_rate, self.vanish, self.reset, self.slow = bytes_rate, vanish, reset, slow
        self._absent, self._missing = absent, 0

    def open(self) -> TroubledLine:
        """The port, where it is there."""
        if self._missing:
            self._missing -= 1
            raise DeviceError("can't open the port")
        return TroubledLine(self)

    def unplug(self) -> None:
        """The port goes, with what was on its way."""
        self.happened["vanished"] += 1
        self._missing = self._absent
        self.device.read(1 << 20)

    def chance(self, name: str, share: float) -> bool:
        """Whether something happens now."""
        if self.random.random() >= share:
            return False
        self.happened[name] += 1
        return True

    def harm(self, data: bytes) -> bytes:
        """Bytes as they arrive."""
        out = b""
        for byte in data:
            if self.random.random() >= self.bytes_rate:
                out += bytes([byte])
                continue
            kind = self.random.choice(("lost", "changed", "doubled", "noise"))
            self.happened[kind] += 1
            if kind == "changed":
                out += bytes([byte ^ 1 << self.random.randrange(8)])
            elif kind == "doubled":
                out += bytes([byte, byte])
            elif kind == "noise":
                out += self.random.randbytes(self.random.randrange(1, 20)) + bytes([byte])
        return out


class TroubledLine:
    """One opening of the port."""

    def __init__(self, trouble: Trouble) -> None:
        self.timeout: float | None = 0.0
        self._trouble = trouble
        self._held = b""
        self._gone = False

    def read(self, size: int, /) -> bytes:
        self._look()
        self._trouble.device.timeout = self.timeout
        # Whatever pieces it likes: a driver hands over what has come so far.
        data = self._trouble.device.read(self._trouble.random.randint(1, max(1, size)))
        return self._trouble.harm(data)[:size]

    def write(self, data: bytes, /) -> int:
        self._look()
        t = self._trouble
        if t.chance("reset before", t.reset):
            t.device.reset()
        if t.chance("slow", t.slow):
            self._held += data  # it is busy, and takes the request only with the next one
            return len(data)
        t.device.write(t.harm(self._held + data))
        self._held = b""
        if t.chance("reset behind", t.reset):
            t.device.reset()
        if t.chance("unplugged", t.vanish):
            t.unplug()
            self._gone = True
        return len(data)

    def close(self) -> None:
        pass

    def _look(self) -> None:
        if self._gone:
            raise serial.SerialException("device reports readiness to read but returned no data")

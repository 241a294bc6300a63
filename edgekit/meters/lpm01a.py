"""ST's power shield X-NUCLEO-LPM01A by its text protocol (UM2269): it supplies and measures.

`lpm01a:PORT`. It makes 1.8 to 3.3 V (`--volts`, 3.3 if not given) and measures up to 50 mA, 10,000
samples a second in text. The board's marker pin goes to D7, of which the shield reports that it
fell, not its level.
"""

from __future__ import annotations

import contextlib
import re
import time
from types import TracebackType

import numpy as np
import serial

from edgekit.meters._model import Accuracy, Capture, MeterError, Settings, checked
from edgekit.meters._reader import Reader
from edgekit.transports import open_link

TITLE = "LPM01A"

_BAUD = 3_686_400
_SAMPLE_HZ = 10_000
_PROMPT = "PowerShield >"
_ANSWER_S = 5.0
_CHUNK = 65536
_BOOT_S = 1.0
_VOLTS = (1.8, 3.3)
# 6409-07 is 6409e-7 A. Some lines have more than one sample.
_SAMPLE = re.compile(r"(\d{4})([+-]\d{2})")
_SAMPLES = re.compile(r"(?:\d{4}[+-]\d{2}\s*)+")
_EVENT = re.compile(r"event\s+\d+\s+(ris|fal)\w*", re.IGNORECASE)
_TIME = re.compile(r"TimeStamp:\s*(\d+)s\s*(\d+)ms,\s*buff\s*(\d+)%", re.IGNORECASE)
#: The shield stamps the time in whole milliseconds.
_STAMP_S = 0.0025


class Lpm01a:
    """The shield; see the module's text."""

    title = TITLE
    accuracy = Accuracy(0.02, 100e-9, "ST UM2243: better than 2 %; dynamic range from 100 nA")

    def __init__(self, port: str, settings: Settings) -> None:
        self._port = port
        self._volts = 3.3 if settings.voltage_v is None else settings.voltage_v
        self._line: serial.SerialBase | None = None
        self._reader: Reader | None = None
        self._lines: list[str] = []
        self._rest = b""

    def __enter__(self) -> Lpm01a:
        """Take control of the shield, configure it and switch the board's supply on.

        Raises:
            MeterError: it can't be opened, or refuses a command.
        """
        if not _VOLTS[0] <= self._volts <= _VOLTS[1]:
            raise MeterError(f"the {TITLE} makes 1.8 to 3.3 V, not {self._volts:g} V")
        self._line = open_link(self._port, _BAUD)
        try:
            self._command("htc")
            for command in (
                "pwr off",
                f"volt {round(self._volts * 1000)}m",
                "acqmode dyn",
                "output current",
                "format ascii_dec",
                f"freq {_SAMPLE_HZ // 1000}k",
                "acqtime inf",
                "trigdelay 0",
                "trigsrc sw",
                "eventsrc d7 fal",
                "pwr on nostatus",
            ):
                self._command(command)
        except BaseException:
            self._line.close()
            raise
        time.sleep(_BOOT_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.end()
            self._reader = None
        with contextlib.suppress(serial.SerialException, OSError, MeterError):
            if error is not None:
                self._send("stop")
            self._command("pwr off")
            self._command("hrc")
        if self._line is not None:
            self._line.close()

    def start(self) -> None:
        """Begin to sample.

        Raises:
            MeterError: the shield refuses.
        """
        self._command("start", keep=True)
        self._reader = Reader(self._take, "lpm01a")
        self._reader.start()

    def stop(self) -> Capture:
        """End sampling.

        Raises:
            MeterError: the shield is gone, reported an error, or lost samples.
        """
        assert self._reader is not None  # start came first
        reader, self._reader = self._reader, None
        try:
            reader.stop()
            self._send("stop")
            deadline = time.monotonic() + _ANSWER_S
            while not any("cquisition completed" in line for line in self._lines[-5:]):
                if time.monotonic() > deadline:
                    raise MeterError(f"the {TITLE} does not stop within {_ANSWER_S:g} s")
                self._take()
        except (serial.SerialException, OSError) as error:
            raise MeterError(f"the {TITLE} is gone: {error}", "is it plugged in?") from error
        return checked(_parse(self._lines, self._volts), TITLE)

    def _command(self, text: str, *, keep: bool = False) -> None:
        """Send a command and wait for its acknowledgement."""
        self._lines.clear()
        self._send(text)
        deadline = time.monotonic() + _ANSWER_S
        while time.monotonic() < deadline:
            self._take()
            for i, line in enumerate(self._lines):
                if line.startswith(f"ack {text}") or line == "ack":
                    self._lines = self._lines[i + 1 :] if keep else []
                    return
                if line.lower().startswith("error"):
                    details = " ".join(self._lines[i:])
                    raise MeterError(f"the {TITLE} refuses {text!r}: {details}")
        raise MeterError(
            f"the {TITLE} at {self._port} does not answer {text!r} within {_ANSWER_S:g} s",
            "is it the shield's own USB port, with nothing else using it?",
        )

    def _send(self, text: str) -> None:
        assert self._line is not None  # the block is entered
        self._line.write(text.encode("ascii") + b"\n")

    def _take(self) -> None:
        """Read what comes within a moment and cut it into lines."""
        assert self._line is not None  # the block is entered
        self._line.timeout = 0.05
        data = bytes(self._line.read(1))
        self._line.timeout = 0.0
        data += bytes(self._line.read(_CHUNK))
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            text = line.decode("ascii", "replace").replace(_PROMPT, "").strip()
            if text:
                self._lines.append(text)


def open_meter(where: str, settings: Settings) -> Lpm01a:
    """A power shield at a port.

    Raises:
        MeterError: no port was given.
    """
    if not where:
        raise MeterError(f"say where the {TITLE} is", "--meter lpm01a:PORT; see `edgekit ports`")
    return Lpm01a(where, settings)


def _parse(lines: list[str], volts: float) -> Capture:
    """Samples, with the edges between them, from the lines of an acquisition.

    Raises:
        MeterError: the shield reports an error, a line is damaged, or the samples between two
            time stamps are not as many as the time says.
    """
    samples: list[float] = []
    starts: list[float] = []
    first: tuple[float, int] | None = None
    for line in lines:
        if _SAMPLES.fullmatch(line):
            samples += [int(m) * 10.0 ** int(e) for m, e in _SAMPLE.findall(line)]
        elif stamp := _TIME.fullmatch(line):
            now = int(stamp[1]) + int(stamp[2]) / 1000
            first = first or (now, len(samples))
            _hold_to_stamp(now - first[0], (len(samples) - first[1]) / _SAMPLE_HZ)
        elif _EVENT.fullmatch(line):
            # Set to report falling edges, some firmware still calls them rising.
            starts.append((len(samples) - 0.5) / _SAMPLE_HZ)
        elif line.lower().startswith("error"):
            raise MeterError(f"the {TITLE} stopped: {line}", "does the board take over 50 mA?")
        elif _SAMPLE.search(line):
            raise MeterError(f"a line of the {TITLE} is damaged: {line!r}")
    count = len(samples)
    return Capture(
        np.arange(count) / _SAMPLE_HZ,
        np.asarray(samples, np.float64),
        np.full(count, volts),
        starts_s=np.asarray(starts, np.float64),
    )


def _hold_to_stamp(stamped_s: float, counted_s: float) -> None:
    if abs(stamped_s - counted_s) > _STAMP_S:
        raise MeterError(
            f"the {TITLE} lost samples: {counted_s:.4f} s arrived of {stamped_s:.4f} s",
            "connect it directly, not through a hub",
        )

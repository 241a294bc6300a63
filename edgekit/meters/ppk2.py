"""Nordic's Power Profiler Kit II, through the package ppk2-api: 100,000 samples a second, 8 inputs.

`ppk2` finds it by its USB product name, `ppk2:PORT` is a certain one. As an ammeter it does not
measure the voltage, as a supply it makes it: both need `--volts`. The board's marker pin goes to
D0, or the input that is chosen, with the board's supply at the kit's VCC pin.
"""

from __future__ import annotations

import contextlib
import time
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import serial

from edgekit.meters._model import Accuracy, Capture, MeterError, Settings, checked, package
from edgekit.meters._reader import Reader

TITLE = "PPK2"

_SAMPLE_HZ = 100_000
_WORD = 4
# A sample is a little-endian word: 14 bits of the converter, 3 of the range, a spare one, a counter
# of 6 bits, and the 8 inputs.
_COUNTER_SHIFT, _COUNTER_MASK = 18, 0x3F
_BOOT_S = 1.0
_TAIL_S = 0.05
#: More steps than this that are not 1: not lost samples, but bytes out of step.
_MOST_BREAKS = 0.02
_VOLTS = (0.8, 5.0)


class Ppk2:
    """The kit; see the module's text."""

    title = TITLE

    def __init__(self, port: str, settings: Settings) -> None:
        self._port = port
        self._settings = settings
        self._volts = settings.voltage(TITLE)
        self._api: Any = None
        self._reader: Reader | None = None
        self._data = bytearray()

    @property
    def accuracy(self) -> Accuracy | None:
        """Not stated here: Nordic gives it per range, and calibrates each kit by itself."""
        return None

    def __enter__(self) -> Ppk2:
        """Open the port, read the kit's calibration, set the mode and the voltage.

        Raises:
            MeterError: it can't be opened, does not answer, or can't make the voltage.
        """
        if not _VOLTS[0] <= self._volts <= _VOLTS[1]:
            raise MeterError(f"the {TITLE} works from 0.8 to 5 V, not at {self._volts:g} V")
        library = package("ppk2_api.ppk2_api", TITLE, "ppk2")
        port = self._port or _find(library)
        try:
            self._api = library.PPK2_API(port, timeout=1, write_timeout=1, exclusive=True)
            self._api.stop_measuring()  # it may still be sending to a program that is gone
            time.sleep(_TAIL_S)
            self._api.ser.reset_input_buffer()
            known = self._api.get_modifiers()
        except (serial.SerialException, OSError, UnicodeDecodeError) as error:
            self._close()
            raise MeterError(
                f"can't use the {TITLE} at {port}: {error}", "`edgekit ports` lists the ports"
            ) from error
        if not known:
            self._close()
            raise MeterError(
                f"the {TITLE} at {port} does not send its calibration",
                "it has two ports: try the other one, or unplug it and plug it in again",
            )
        if self._settings.supply:
            self._api.use_source_meter()
        else:
            self._api.use_ampere_meter()
        self._api.set_source_voltage(round(self._volts * 1000))
        self._api.toggle_DUT_power("ON")
        time.sleep(_BOOT_S if self._settings.supply else 0.0)
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
        if self._api is not None:
            with contextlib.suppress(serial.SerialException, OSError):
                self._api.stop_measuring()
                if self._settings.supply:
                    self._api.toggle_DUT_power("OFF")
        self._close()

    def start(self) -> None:
        """Begin to sample."""
        self._data.clear()
        self._api.start_measuring()
        self._reader = Reader(self._take, "ppk2")
        self._reader.start()

    def stop(self) -> Capture:
        """End sampling.

        Raises:
            MeterError: the kit is gone, or what it sent is out of step.
        """
        assert self._reader is not None  # start came first
        reader, self._reader = self._reader, None
        try:
            reader.stop()
            self._api.stop_measuring()
            time.sleep(_TAIL_S)
            self._data += self._api.get_data()
        except (serial.SerialException, OSError) as error:
            raise MeterError(f"the {TITLE} is gone: {error}", "is it plugged in?") from error
        return checked(self._capture(), TITLE)

    def _take(self) -> None:
        data = self._api.get_data()
        self._data += data
        if not data:
            time.sleep(0.001)

    def _capture(self) -> Capture:
        raw = bytes(self._data[: len(self._data) // _WORD * _WORD])
        words = np.frombuffer(raw, "<u4")
        if len(words) < 2:
            return Capture(np.empty(0), np.empty(0), np.empty(0))
        index, lost = _positions(words)
        # The library converts by the kit's own calibration, range by range, in microamperes.
        microamperes, inputs = self._api.get_samples(raw)
        if len(microamperes) != len(words):
            raise MeterError(f"{len(words) - len(microamperes)} samples of the {TITLE} are damaged")
        levels = np.asarray(inputs, np.uint8) >> self._settings.marker_input & 1
        return Capture(
            index / _SAMPLE_HZ,
            np.asarray(microamperes, np.float64) * 1e-6,
            np.full(len(words), self._volts),
            levels.astype(bool),
            lost=lost,
        )

    def _close(self) -> None:
        if self._api is not None and self._api.ser is not None:
            with contextlib.suppress(serial.SerialException, OSError):
                self._api.ser.close()
        self._api = None


def open_meter(where: str, settings: Settings) -> Ppk2:
    """A PPK2 at a port, or the only one that is there.

    Raises:
        MeterError: the voltage was not given.
    """
    return Ppk2(where, settings)


def _positions(words: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], int]:
    """The number of each sample, by the counter that the kit puts into it, and how many are lost.

    Raises:
        MeterError: the counter jumps about.
    """
    counter = (words >> _COUNTER_SHIFT & _COUNTER_MASK).astype(np.int64)
    steps = np.diff(counter) % (_COUNTER_MASK + 1)
    breaks = int((steps != 1).sum())
    if breaks > max(4, _MOST_BREAKS * len(steps)) or (steps == 0).any():
        raise MeterError(
            f"the {TITLE}'s samples are out of step: {breaks:,} breaks in {len(words):,}",
            "bytes were lost on the way: connect it directly, and close its other programs",
        )
    index = np.concatenate(([0], np.cumsum(steps)))
    return index, int(index[-1]) + 1 - len(words)


def _find(library: Any) -> str:
    found = sorted(str(port) for port in library.PPK2_API.list_devices())
    if not found:
        raise MeterError(f"no {TITLE} is plugged in", "name its port: --meter ppk2:PORT")
    # One kit with newer firmware has two ports, of which the first one measures.
    if len(found) > 2:
        raise MeterError(
            f"there is more than one {TITLE}: {', '.join(found)}", "choose: --meter ppk2:PORT"
        )
    return found[0]

"""Joulescope JS110 and JS220, through the package joulescope: current, voltage and an input.

`joulescope` takes the only one that is there, `joulescope:SERIAL` a certain one. The board's marker
pin goes to general purpose input 0 or 1.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any

import numpy as np

from edgekit.meters._model import Accuracy, Capture, MeterError, Settings, checked, package

TITLE = "Joulescope"

_SAMPLE_HZ = 100_000
_BUFFER_S = 300
_INPUTS = ("current_lsb", "voltage_lsb")  # the package's names of inputs 0 and 1


class Joulescope:
    """The instrument; see the module's text."""

    title = TITLE

    def __init__(self, serial_number: str, settings: Settings) -> None:
        self._serial = serial_number
        self._settings = settings
        self._device: Any = None

    @property
    def accuracy(self) -> Accuracy | None:
        """Not stated here: Jetperch gives it per range."""
        return None

    def __enter__(self) -> Joulescope:
        """Open it.

        Raises:
            MeterError: none is there, or more than one.
        """
        if self._settings.marker_input >= len(_INPUTS):
            raise MeterError(f"edgekit records the inputs 0 and 1 of a {TITLE}")
        library = package("joulescope", TITLE, "joulescope")
        found = [d for d in library.scan(config="auto") if str(d).endswith(self._serial)]
        if len(found) != 1:
            names = ", ".join(map(str, found)) or "none is"
            raise MeterError(
                f"not exactly one {TITLE} there: {names}", "choose: --meter joulescope:SERIAL"
            )
        device = found[0]
        try:
            device.parameter_set("buffer_duration", _BUFFER_S)
            device.parameter_set("sampling_frequency", _SAMPLE_HZ)
            device.open()
        except Exception as error:
            # The package raises several kinds, RuntimeError among them, for a device in use.
            raise MeterError(f"can't open the {TITLE} {device}: {error}") from error
        self._device = device
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._device is not None:
            with contextlib.suppress(Exception):  # it may be unplugged
                self._device.close()
            self._device = None

    def start(self) -> None:
        """Begin to sample."""
        self._device.start()

    def stop(self) -> Capture:
        """End sampling.

        Raises:
            MeterError: samples are missing or no longer in the buffer.
        """
        self._device.stop()
        buffer = self._device.stream_buffer
        start, end = buffer.sample_id_range
        field = _INPUTS[self._settings.marker_input]
        got = buffer.samples_get(start, end, fields=["current", "voltage", field])
        signals = {name: np.asarray(got["signals"][name]["value"]) for name in got["signals"]}
        if end - start >= len(buffer):
            raise MeterError(
                f"the {TITLE}'s buffer of {_BUFFER_S} s is full", "measure fewer inferences"
            )
        rate = float(got["time"]["sampling_frequency"]["value"])
        # A skipped sample is NaN in the package's buffer.
        whole = np.isfinite(signals["current"]) & np.isfinite(signals["voltage"])
        return checked(
            Capture(
                np.flatnonzero(whole) / rate,
                signals["current"][whole].astype(np.float64),
                signals["voltage"][whole].astype(np.float64),
                signals[field][whole].astype(bool),
                lost=int((~whole).sum()),
            ),
            TITLE,
        )


def open_meter(where: str, settings: Settings) -> Joulescope:
    """A Joulescope by the end of its serial number, or the only one."""
    return Joulescope(where, settings)

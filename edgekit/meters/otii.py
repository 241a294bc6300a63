"""Qoitech's Otii Arc and Ace, through the desktop program's TCP server and its package.

`otii` asks the server on this computer, `otii:HOST:PORT` another one. The board's marker pin goes
to the expansion port's GPI1, or GPI2 with `--marker-input 1`. The licence must have Automation; it
is reserved where OTII_USERNAME and OTII_PASSWORD are set.
"""

from __future__ import annotations

import contextlib
import os
import time
from types import TracebackType
from typing import Any

import numpy as np

from edgekit.errors import InputError
from edgekit.meters._model import Accuracy, Capture, MeterError, Real, Settings, checked, package

TITLE = "Otii"

_PORT = 1905
_BOOT_S = 1.0
_CURRENT, _VOLTAGE = "mc", "mv"


class Otii:
    """The instrument; see the module's text."""

    title = TITLE
    accuracy = Accuracy(0.001, 50e-9, "Qoitech, Otii Arc Pro: ±(0.1 % + 50 nA)")

    def __init__(self, host: str, port: int, settings: Settings) -> None:
        self._host = host
        self._port = port
        self._settings = settings
        self._marker = ("i1", "i2")[settings.marker_input]
        self._otii: Any = None
        self._device: Any = None
        self._project: Any = None

    def __enter__(self) -> Otii:
        """Connect to the program and set the instrument up.

        Raises:
            MeterError: it does not run, has no instrument, or refuses.
        """
        library = package("otii_tcp_client.otii_client", TITLE, "otii")
        try:
            manual = library.LicensingMode.MANUAL
            automatic = os.environ.get("OTII_USERNAME")
            mode = library.LicensingMode.AUTO if automatic else manual
            self._otii = library.OtiiClient().connect(
                host=self._host, port=self._port, licensing=mode, try_for_seconds=1
            )
            self._configure()
        except Exception as error:
            # The package has no common class for what it raises.
            self._close()
            if isinstance(error, MeterError):
                raise
            raise MeterError(
                f"can't use the {TITLE} by {self._host}:{self._port}: {error}",
                "the desktop program must run, with its TCP server on and an Automation licence",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._device is not None and self._settings.supply:
            with contextlib.suppress(Exception):  # the program may be gone
                self._device.set_main(False)
        self._close()

    def start(self) -> None:
        """Begin to record.

        Raises:
            MeterError: the program refuses.
        """
        try:
            self._project.start_recording()
        except Exception as error:
            raise MeterError(f"the {TITLE} does not record: {error}") from error

    def stop(self) -> Capture:
        """End the recording and fetch it.

        Raises:
            MeterError: the program refuses, or the recording is empty.
        """
        try:
            self._project.stop_recording()
            recording = self._project.get_last_recording()
            times, current = self._analog(recording, _CURRENT)
            voltage_times, voltage = self._analog(recording, _VOLTAGE)
            edges = self._channel(recording, self._marker)["values"]
        except MeterError:
            raise
        except Exception as error:
            raise MeterError(f"the {TITLE}'s recording can't be had: {error}") from error
        return checked(
            Capture(
                times,
                current,
                # The voltage is sampled less often than the current.
                np.interp(times, voltage_times, voltage),
                _levels(times, edges),
            ),
            TITLE,
        )

    def _configure(self) -> None:
        devices = self._otii.get_devices()
        if len(devices) != 1:
            raise MeterError(f"the {TITLE} program has {len(devices)} instruments, one is needed")
        self._device = devices[0]
        self._project = self._otii.get_active_project()
        self._device.add_to_project()
        for channel in (_CURRENT, _VOLTAGE, self._marker):
            self._device.enable_channel(channel, True)
        if self._settings.supply:
            self._device.set_main_voltage(self._settings.voltage(TITLE))
            self._device.set_exp_voltage(self._settings.voltage(TITLE))
            self._device.enable_exp_port(True)
            self._device.set_main(True)
            time.sleep(_BOOT_S)

    def _channel(self, recording: Any, channel: str) -> Any:
        count = recording.get_channel_data_count(self._device.id, channel)
        if not count:
            return {"values": []}
        return recording.get_channel_data(self._device.id, channel, 0, count)

    def _analog(self, recording: Any, channel: str) -> tuple[Real, Real]:
        data = self._channel(recording, channel)
        if not data["values"]:
            raise MeterError(f"the {TITLE} recorded nothing on the channel {channel}")
        values = np.asarray(data["values"], np.float64)
        return data["timestamp"] + np.arange(len(values)) * data["interval"], values

    def _close(self) -> None:
        if self._otii is not None:
            with contextlib.suppress(Exception):  # the program may be gone
                self._otii.disconnect()
            self._otii = None


def open_meter(where: str, settings: Settings) -> Otii:
    """The instrument behind a server.

    Raises:
        InputError: `where` is not HOST or HOST:PORT.
    """
    host, _, port = where.partition(":")
    if not (port or str(_PORT)).isdigit():
        raise InputError(f"{where!r} is no HOST:PORT of the {TITLE} server")
    if settings.marker_input > 1:
        raise InputError(f"the {TITLE} has the inputs 0 (GPI1) and 1 (GPI2)")
    return Otii(host or "127.0.0.1", int(port or _PORT), settings)


def _levels(times: Real, edges: list[dict[str, Any]]) -> Any:
    """The marker's level at each sample, from the edges; None where there are none."""
    if not edges:
        return None
    at = np.array([float(edge["timestamp"]) for edge in edges])
    values = np.array([bool(edge["value"]) for edge in edges])
    position = np.searchsorted(at, times, side="right") - 1
    # Before the first edge it had the other level.
    return np.where(position < 0, ~values[0], values[np.maximum(position, 0)])

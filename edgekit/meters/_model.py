"""What every meter offers, and what it hands over."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edgekit.errors import DeviceError, ToolError

Real = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class MeterError(DeviceError):
    """An instrument does not answer as it should, or what it sends can't be right."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the maker states. It is systematic: repeating a measurement does not make it smaller.

    Attributes:
        gain: largest relative error of the power, e.g. 0.02.
        offset_a: largest error of the current at zero, in A.
        source: where that is stated.
    """

    gain: float
    offset_a: float
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How a meter is connected.

    Attributes:
        voltage_v: the board's supply; needed by meters that do not measure it, and what a meter
            that supplies the board is set to.
        supply: the meter supplies the board; otherwise it only measures.
        marker_input: number of the digital input that the board's marker pin is connected to.
        shunt_ohm: the shunt, for meters that have none of their own.
        gain: the instrument's accuracy, relative, where its owner knows it: of its calibration.
    """

    voltage_v: float | None = None
    supply: bool = False
    marker_input: int = 0
    shunt_ohm: float | None = None
    gain: float | None = None

    def voltage(self, title: str) -> float:
        """The supply voltage.

        Raises:
            MeterError: it was not given.
        """
        if self.voltage_v is None:
            raise MeterError(
                f"the {title} does not measure the voltage",
                "say what the board is supplied with, e.g. --volts 3.3",
            )
        return self.voltage_v


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """What a meter sampled.

    A sample stands for the time around it, halfway to its neighbours.

    Attributes:
        time_s: [n] by the meter's clock, increasing; it need not be even.
        current_a: [n].
        voltage_v: [n].
        marker: [n] level of the board's marker pin, high at rest; None where the meter has no
            input for it.
        starts_s: [k] when the marker fell, for meters that see nothing but that edge.
        lost: samples that the meter counted and that did not arrive.
    """

    time_s: Real
    current_a: Real
    voltage_v: Real
    marker: Flags | None = None
    starts_s: Real | None = None
    lost: int = 0

    @property
    def power_w(self) -> Real:
        """Current times voltage [n]."""
        return self.current_a * self.voltage_v


class Meter(Protocol):
    """An instrument."""

    @property
    def title(self) -> str:
        """Its name for people."""

    @property
    def accuracy(self) -> Accuracy | None:
        """What its maker states; None where that is not known."""

    def __enter__(self) -> Meter:
        """Connect and configure it; where it supplies the board, switch the supply on.

        Raises:
            MeterError: it is not there or does not answer.
        """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release it, whatever happened."""

    def start(self) -> None:
        """Begin to sample; returns when it does."""

    def stop(self) -> Capture:
        """End sampling.

        Raises:
            MeterError: it sent something that can't be right.
        """


def checked(capture: Capture, title: str) -> Capture:
    """A capture, if it can be one.

    Raises:
        MeterError: too few samples, values that are not finite, time that does not increase.
    """
    n = len(capture.time_s)
    if n < 2:
        raise MeterError(f"the {title} sent {n} samples", "is it connected, is the board powered?")
    lengths = {len(capture.current_a), len(capture.voltage_v), n}
    if capture.marker is not None:
        lengths.add(len(capture.marker))
    if len(lengths) != 1:
        raise MeterError(f"the {title}'s channels have different lengths: {sorted(lengths)}")
    for name, values in (
        ("time", capture.time_s),
        ("current", capture.current_a),
        ("voltage", capture.voltage_v),
    ):
        if not np.isfinite(values).all():
            at = int(np.argmin(np.isfinite(values)))
            raise MeterError(f"the {title}'s sample {at} has no finite {name}")
    if not (np.diff(capture.time_s) > 0).all():
        at = int(np.argmin(np.diff(capture.time_s) > 0)) + 1
        raise MeterError(f"the {title}'s time does not increase at sample {at}")
    return capture


def package(module: str, title: str, extra: str) -> ModuleType:
    """Import the Python package that talks to an instrument.

    Raises:
        ToolError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ToolError(
            f"the {title} needs a Python package that is not installed: {error}",
            f"pip install 'edgekit[{extra}]'",
        ) from error

"""What every kind of contract offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Quantized:
    """The model's input: int8 value = real value / scale + zero point."""

    scale: float
    zero_point: int


class Contract(Protocol):
    """What was done to the raw data before the network saw it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one prepared sample."""

    def limits(self) -> tuple[float, float]:
        """The least and the greatest value that preparing can give."""

    def c_sources(self, name: str, quant: Quantized) -> dict[str, str]:
        """Files below firmware/ that prepare raw data on the device."""

    def python_source(self, quant: Quantized) -> str:
        """A module that gives the same bytes, for NumPy alone."""

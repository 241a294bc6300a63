"""Measured values to the model's input: each with its own mean and deviation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.contract._emit import numbers, render
from edgekit.contract._kind import Array, Quantized
from edgekit.errors import InputError


@dataclass(frozen=True, slots=True)
class Contract:
    """What a row of values becomes: (x - mean) / deviation.

    Attributes:
        names: of the values, in the model's order.
        mean: of each.
        deviation: of each.
        low, high: the least and the greatest prepared value that is plausible.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    low: float = -10.0
    high: float = 10.0

    @property
    def shape(self) -> tuple[int, ...]:
        """(values,)."""
        return (len(self.names),)

    def limits(self) -> tuple[float, float]:
        """The plausible ends."""
        return self.low, self.high

    def __call__(self, row: Array) -> Array:
        """A row as the network is trained on.

        Args:
            row: (values,).

        Returns:
            (values,) float32.
        """
        return np.asarray((row - np.array(self.mean)) / np.array(self.deviation), np.float32)

    def factors(self, quant: Quantized) -> tuple[Array, Array]:
        """(gain, offset), float32: int8 = x * gain + offset, rounded and saturated."""
        gain = 1 / (np.array(self.deviation) * quant.scale)
        offset = quant.zero_point - np.array(self.mean) * gain
        return gain.astype(np.float32), offset.astype(np.float32)

    def c_sources(self, name: str, quant: Quantized) -> dict[str, str]:
        """See Contract in _kind."""
        values = {"name": name, "contract": self, **self._factors(quant, "f")}
        place = f"models/{name}/{name}_input"
        return {
            f"{place}.{suffix}": render(f"vector.{suffix}.j2", **values) for suffix in ("h", "c")
        }

    def python_source(self, quant: Quantized) -> str:
        """See Contract in _kind."""
        return render("vector.py.j2", contract=self, **self._factors(quant, ""))

    def _factors(self, quant: Quantized, suffix: str) -> dict[str, str]:
        gain, offset = self.factors(quant)
        return {"gain": numbers(gain, suffix), "offset": numbers(offset, suffix)}


def check(contract: Contract, where: str) -> None:
    """What no single key can show.

    Raises:
        InputError: lists of different lengths, or a deviation that is not above 0.
    """
    sizes = {len(contract.names), len(contract.mean), len(contract.deviation)}
    if sizes != {len(contract.names)} or not contract.names:
        raise InputError(f"{where}: names, mean and deviation must have one value for each input")
    if min(contract.deviation) <= 0:
        raise InputError(f"{where}: a deviation must be above 0")

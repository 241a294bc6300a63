"""Pictures to the model's input: resized, in its order of colours, scaled. One table look-up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from edgekit.contract import picture_fitting
from edgekit.contract._emit import numbers, render
from edgekit.contract._kind import Array, Quantized
from edgekit.errors import InputError


@dataclass(frozen=True, slots=True)
class Contract:
    """What a picture of 8 bits per channel becomes: value = pixel * scale + offset.

    Attributes:
        height, width: of the model's input.
        colours: its channels: `rgb`, `bgr` or `grey`.
        scale: for each channel, or one for all.
        offset: likewise.
        resize: how a picture of another size is fitted: `nearest` pixels, or the mean of the
            `area` that each pixel covers.
    """

    height: Annotated[int, Ge(1), Le(4096)]
    width: Annotated[int, Ge(1), Le(4096)]
    colours: Literal["rgb", "bgr", "grey"]
    scale: tuple[float, ...] = (1 / 255,)
    offset: tuple[float, ...] = (0.0,)
    resize: Literal["nearest", "area"] = "nearest"

    @property
    def channels(self) -> int:
        """Of the model's input."""
        return 1 if self.colours == "grey" else 3

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width, channels)."""
        return self.height, self.width, self.channels

    def limits(self) -> tuple[float, float]:
        """The values of black and white, whichever is less."""
        ends = [o + s * p for s, o in self._scaling() for p in (0, 255)]
        return min(ends), max(ends)

    def __call__(self, picture: Array) -> Array:
        """A picture of the model's size and colours as the network is trained on.

        Args:
            picture: (height, width, channels) uint8.

        Returns:
            The same shape, float32.
        """
        scales, offsets = zip(*self._scaling(), strict=True)
        return np.asarray(picture * np.array(scales) + np.array(offsets), np.float32)

    def prepare(self, picture: Array) -> Array:
        """A picture of any size as the network is trained on.

        Args:
            picture: (any height, any width, 3) uint8: red, green, blue.

        Returns:
            (height, width, channels) float32.
        """
        fit = picture_fitting.fit
        return self(fit(picture, self.height, self.width, self.colours, self.resize))

    def table(self, quant: Quantized) -> Array:
        """(channels, 256) int8: what each pixel value becomes."""
        pixels = np.arange(256)
        rows = [
            np.round((pixels * s + o).astype(np.float32) / np.float32(quant.scale))
            for s, o in self._scaling()
        ]
        return np.asarray(np.clip(np.array(rows) + quant.zero_point, -128, 127), np.int8)

    def c_sources(self, name: str, quant: Quantized) -> dict[str, str]:
        """See Contract in _kind."""
        values = {
            "name": name,
            "contract": self,
            "table": numbers(self.table(quant).ravel()),
            "grey": picture_fitting.GREY,
        }
        place = f"models/{name}/{name}_input"
        return {
            f"{place}.{suffix}": render(f"image.{suffix}.j2", **values) for suffix in ("h", "c")
        }

    def python_source(self, quant: Quantized) -> str:
        """See Contract in _kind."""
        table = numbers(self.table(quant).ravel())
        fitting = Path(picture_fitting.__file__).read_text(encoding="utf-8")
        return fitting + render("image.py.j2", contract=self, table=table)

    def _scaling(self) -> list[tuple[float, float]]:
        scales, offsets = (
            values * self.channels if len(values) == 1 else values
            for values in (self.scale, self.offset)
        )
        return list(zip(scales, offsets, strict=True))


def check(contract: Contract, where: str) -> None:
    """What no single key can show.

    Raises:
        InputError: as many scales or offsets as there are channels, or one, are wanted.
    """
    for key in ("scale", "offset"):
        count = len(getattr(contract, key))
        if count not in (1, contract.channels):
            raise InputError(
                f"{where}: {key} has {count} values; {contract.colours} wants 1 or "
                f"{contract.channels}"
            )

"""What a variant of a network is and costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgekit.optimize._limits import Limits

#: The file that the worker leaves for the firmware where the network has an input contract.
CONTRACT = "contract.toml"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a variant takes on the board.

    Attributes:
        latency_us: estimated: cycles by the clock; see `Optimized.basis`.
        ram_bytes: arena, the console's copy of the input, its data and the stack.
        flash_bytes: of the linked firmware where `counted`, else modelled.
        instructions: of one inference; executed in the emulator where `counted`, else modelled.
        counted: whether the firmware was built and run in the board's emulator.
        macs: multiply-accumulates of the model.
        tflite_bytes: of the .tflite.
        gzip_bytes: of the same, compressed.
    """

    latency_us: float
    ram_bytes: int
    flash_bytes: int
    instructions: int
    counted: bool
    macs: int
    tflite_bytes: int
    gzip_bytes: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A network that was tried.

    Attributes:
        name: what was done, e.g. "pruned, QAT".
        figures: on the board.
        accuracy: of the int8 model on the validation samples, which decides.
        misses: limit -> by how much it is missed: microseconds, bytes or a share of 1; empty
            where all are met.
    """

    name: str
    figures: Figures
    accuracy: float
    misses: dict[str, float]


def misses(figures: Figures, accuracy: float, reference: float, limits: Limits) -> dict[str, float]:
    """The limits that are not met, and by how much."""
    found: dict[str, float] = {}
    for name, value, most in (
        ("latency", figures.latency_us, limits.latency_us),
        ("RAM", figures.ram_bytes, limits.ram_bytes),
        ("flash", figures.flash_bytes, limits.flash_bytes),
        ("accuracy", reference - accuracy, limits.drop),
    ):
        # A drop of exactly the limit must not fail by the last bit of a difference.
        if most is not None and value - most > 1e-9:
            found[name] = value - most
    return found


def told(name: str, by: float) -> str:
    """A missed limit in words."""
    if name == "latency":
        return f"latency by {by / 1e3:,.2f} ms"
    if name == "accuracy":
        return f"accuracy by {100 * by:.2f} points"
    return f"{name} by {by:,.0f} bytes"


def enough(variant: Variant, reference: float) -> str:
    """The limits that a variant does meet in the place of those that it misses, as options.

    Args:
        variant: the variant.
        reference: accuracy of the float network, share of 1.
    """
    figures = variant.figures
    # Rounded to what can be written, away from what would be missed by the last digit.
    points = math.ceil(1e4 * (reference - variant.accuracy) - 1e-6) / 100
    options = {
        "latency": f"--max-latency {math.ceil(figures.latency_us / 10) / 100}ms",
        "RAM": f"--max-ram {figures.ram_bytes}",
        "flash": f"--max-flash {figures.flash_bytes}",
        "accuracy": f"--max-drop {points}pt",
    }
    return " ".join(options[name] for name in variant.misses)

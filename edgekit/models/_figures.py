"""What the zoo's networks cost, read from figures that `tools/zoo.py` measured.

Building a network takes TensorFlow and seconds; listing them takes neither.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("figures.json")


@dataclass(frozen=True, slots=True)
class Figures:
    """An architecture with its default parameters.

    Attributes:
        parameters: as Keras counts them, moving statistics included.
        macs: multiply-accumulates of an inference.
        tflite_bytes: of the int8 .tflite.
        constant_bytes: weights and tables of the compiled model, equal ones once.
        code_bytes: estimate of the machine code of its layers.
        arena_bytes: of the compiled model.
        input_bytes: of its int8 input.
    """

    parameters: int
    macs: int
    tflite_bytes: int
    constant_bytes: int
    code_bytes: int
    arena_bytes: int
    input_bytes: int


def figures() -> dict[str, Figures]:
    """The figures of every architecture that was measured, by its name."""
    found = json.loads(_FILE.read_text(encoding="utf-8"))
    return {name: Figures(**values) for name, values in found.items()}

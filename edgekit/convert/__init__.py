"""From any source to an int8 .tflite: import, lint the calibration set, quantize, evaluate."""

from __future__ import annotations

from edgekit.convert._convert import DEFAULT_EPOCHS, DEFAULT_SAMPLES, Converted, to_tflite
from edgekit.convert.evaluate import Accuracy, Inputs, evaluate, inputs_of

__all__ = [
    "DEFAULT_EPOCHS",
    "DEFAULT_SAMPLES",
    "Accuracy",
    "Converted",
    "Inputs",
    "evaluate",
    "inputs_of",
    "to_tflite",
]

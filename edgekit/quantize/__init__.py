"""Quantization, one method a file, and the look at a .tflite that tells what came out.

A method's module has:

- `DESCRIPTION`: one line for lists;
- `quantize(function, samples)`: a frozen ConcreteFunction with one float32 input of batch 1 and
  float32 samples (n, ...) -> the .tflite's bytes; imports TensorFlow;
- `check(data)`: refuses a result that is not what the method promises.

A method runs in a child process (`edgekit.convert` starts it): TensorFlow's converter can crash.
"""

from __future__ import annotations

from edgekit.quantize._types import ModelTypes, OpTypes, ValueType, look

__all__ = ["ModelTypes", "OpTypes", "ValueType", "look"]

"""Quantization, one method a file, and the look at a .tflite that tells what came out.

A method's module has:

- `DESCRIPTION`: one line for lists;
- `TRAINS`: whether it trains, and so uses all of the data and wants their classes;
- `NEEDS_DATA`: whether it needs samples;
- `FOR_FIRMWARE`: whether edgekit compiles what comes out; `WHY_NOT` where it doesn't;
- `quantize(network)`: a `Network` -> the .tflite's bytes; imports TensorFlow;
- `check(data)`: refuses a result that is not what the method promises.

A method runs in a child process (`edgekit.convert` starts it): TensorFlow's converter can crash.
"""

from __future__ import annotations

from edgekit.quantize._converter import to_float
from edgekit.quantize._network import Network
from edgekit.quantize._selection import representative
from edgekit.quantize._types import ModelTypes, OpTypes, ValueType, look

__all__ = [
    "ModelTypes",
    "Network",
    "OpTypes",
    "ValueType",
    "look",
    "register_layers",
    "representative",
    "to_float",
]


def register_layers() -> None:
    """Make Keras know edgekit's own layers, so that prepared models can be loaded."""
    from edgekit.quantize import _fake_quant  # noqa: F401 - registers them

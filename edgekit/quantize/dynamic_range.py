"""Weights as int8, activations quantized while the model runs: for phones and computers."""

from __future__ import annotations

from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.quantize._converter import converted, converter_of
from edgekit.quantize._network import Network
from edgekit.quantize._types import look

DESCRIPTION = "for phones: int8 weights, float32 in and out; a quarter of the file, no calibration"
TRAINS = False
NEEDS_DATA = False
FOR_FIRMWARE = False
WHY_NOT = "its activations are float32 between the layers, and edgekit's kernels are integer"


def quantize(network: Network) -> bytes:
    """Store a float network's weights in 8 bits."""
    import tensorflow as tf

    converter = converter_of(network.function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converted(converter)


def check(data: bytes) -> None:
    """Hold a result to the promise: int8 weights.

    Raises:
        UnsupportedError: there are none.
    """
    if not any(t.dtype is DType.INT8 for op in look(data).ops for t in op.tensors):
        raise UnsupportedError(
            "no weights became int8",
            "the converter leaves weights of fewer than 1,024 elements in float",
        )

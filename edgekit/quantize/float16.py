"""Weights as float16, arithmetic in float32: half the file, for phones and computers."""

from __future__ import annotations

from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.quantize._converter import converted, converter_of
from edgekit.quantize._network import Network
from edgekit.quantize._types import look

DESCRIPTION = "for phones: float16 weights, float32 arithmetic; half the file, no calibration"
TRAINS = False
NEEDS_DATA = False
FOR_FIRMWARE = False
WHY_NOT = "it computes in float32, and edgekit's kernels compute in integers"


def quantize(network: Network) -> bytes:
    """Store a float network's weights in 16 bits."""
    import tensorflow as tf

    converter = converter_of(network.function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converted(converter)


def check(data: bytes) -> None:
    """Hold a result to the promise: float16 weights.

    Raises:
        UnsupportedError: there are none.
    """
    if not any(t.dtype is DType.FLOAT16 for op in look(data).ops for t in op.tensors):
        raise UnsupportedError(
            "no weights became float16", "the model has none that the converter stores so"
        )

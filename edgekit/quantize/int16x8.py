"""Post-training quantization to int16 activations and int8 weights, by TensorFlow's converter."""

from __future__ import annotations

from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.quantize._converter import calibrated, converted
from edgekit.quantize._network import Network
from edgekit.quantize._types import look

DESCRIPTION = "int16 activations, int8 weights: nearly the float model's answers, twice the RAM"
TRAINS = False
NEEDS_DATA = True
FOR_FIRMWARE = True

_INTEGERS = frozenset({DType.INT8, DType.INT16, DType.INT32, DType.INT64})


def quantize(network: Network) -> bytes:
    """Convert a float network to int16 activations and int8 weights.

    Raises:
        UnsupportedError: the converter has no such version of an op.
    """
    import tensorflow as tf

    converter = calibrated(network)
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    ]
    converter.inference_input_type = tf.int16
    converter.inference_output_type = tf.int16
    return converted(converter)


def check(data: bytes) -> None:
    """Hold a result to the promise: integers throughout, int16 in and out.

    Raises:
        UnsupportedError: an op stayed in float, or an end is of another type; it is named.
    """
    model = look(data)
    odd = tuple(
        (i, op)
        for i, op in enumerate(model.ops)
        if any(tensor.dtype not in _INTEGERS for tensor in op.tensors)
    )
    if odd:
        raise UnsupportedError(
            f"the quantized model is not integer throughout: {model.describe(odd)}",
            "the converter has no int16 kernel for these: replace the layers by others",
        )
    for end in (*model.inputs, *model.outputs):
        if end.dtype is not DType.INT16:
            raise UnsupportedError(
                f"{end.name!r} stayed {end.dtype.value} instead of int16",
                "replace the layer there by one that TensorFlow Lite has in int16",
            )

"""Post-training quantization to full int8 by TensorFlow's converter."""

from __future__ import annotations

from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.quantize._converter import calibrated, converted
from edgekit.quantize._network import Network
from edgekit.quantize._prepared import is_prepared
from edgekit.quantize._types import look

DESCRIPTION = "full int8: weights per channel, activations per tensor, int8 in and out"
TRAINS = False
NEEDS_DATA = True
FOR_FIRMWARE = True


def quantize(network: Network) -> bytes:
    """Convert a float network to int8; the same inputs give the same bytes.

    Raises:
        UnsupportedError: the converter has no int8 version of an op.
    """
    import tensorflow as tf

    if is_prepared(network.function):
        raise UnsupportedError(
            "the model was trained with int8's rounding already: its ranges are in it",
            "convert it as it is: --quantize trained",
        )
    converter = calibrated(network)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converted(converter)


def check(data: bytes) -> None:
    """Hold a result to the promise: int8 throughout, int8 in and out.

    Raises:
        UnsupportedError: an op stayed in float; it is named.
    """
    model = look(data)
    odd = tuple((i, op) for i, op in enumerate(model.ops) if not op.is_integer)
    if odd:
        raise UnsupportedError(
            f"the quantized model is not int8 throughout: {model.describe(odd)}",
            "the converter has no int8 kernel for these: replace the layers by others",
        )
    for end in (*model.inputs, *model.outputs):
        if end.dtype is not DType.INT8:
            raise UnsupportedError(
                f"{end.name!r} stayed {end.dtype.value} instead of int8",
                "edgekit needs int8 inputs and outputs",
            )

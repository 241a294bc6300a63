"""Post-training quantization to full int8 by TensorFlow's converter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.ir.tensor import Array
from edgekit.quantize._types import look

DESCRIPTION = "full int8: weights per channel, activations per tensor, int8 in and out"


def quantize(function: Any, samples: Array) -> bytes:
    """Convert a float network to int8.

    Args:
        function: frozen ConcreteFunction, one float32 input with a batch of 1.
        samples: calibration inputs, float32 (n, ...) without the batch of 1, n >= 1. (An empty
            set would silently give a float model.)

    Returns:
        the .tflite's bytes; the same inputs give the same bytes.

    Raises:
        UnsupportedError: the converter has no int8 version of an op.
    """
    import tensorflow as tf

    def representative() -> Iterator[list[Array]]:
        for sample in samples:
            yield [sample[None]]

    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return _converted(converter)


def to_float(function: Any) -> bytes:
    """The same network as a float32 .tflite, the yardstick of the int8 one's accuracy.

    Raises:
        UnsupportedError: the converter doesn't know an op.
    """
    import tensorflow as tf

    return _converted(tf.lite.TFLiteConverter.from_concrete_functions([function]))


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


def _converted(converter: Any) -> bytes:
    from tensorflow.lite.python.convert import ConverterError

    try:
        return bytes(converter.convert())
    except (ConverterError, RuntimeError, ValueError) as error:
        lines = [line for line in str(error).strip().splitlines() if line.strip()]
        raise UnsupportedError(
            f"the TensorFlow converter refused the model: {lines[0][:400] if lines else error}",
            "the message names the layer or op: replace it by one that TensorFlow Lite has in int8",
        ) from error

"""TensorFlow's converter with its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.quantize._network import Network
from edgekit.quantize._prepared import first_loop


def converter_of(function: Any) -> Any:
    """A converter for a frozen ConcreteFunction."""
    import tensorflow as tf

    return tf.lite.TFLiteConverter.from_concrete_functions([function])


def calibrated(network: Network) -> Any:
    """A converter that runs the network's samples to find the ranges of its activations.

    Raises:
        UnsupportedError: the network has a loop, on whose int8 form the converter crashes.
    """
    import tensorflow as tf

    loop = first_loop(network.function)
    if loop:
        raise UnsupportedError(
            f"layer {loop!r} is recurrent (LSTM, GRU or another loop): edgekit can't quantize it",
            "replace it by Conv1D layers, or by Dense layers on the frames in a row",
        )

    def representative() -> Iterator[list[Array]]:
        for sample in network.samples:
            yield [sample[None]]

    converter = converter_of(network.function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    # An empty set would silently give a float model; a Network has at least one sample.
    converter.representative_dataset = representative
    return converter


def integer_converter(function: Any) -> Any:
    """A converter for a network that has its ranges in it, as fake-quantization ops."""
    import tensorflow as tf

    converter = converter_of(function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter


def converted(converter: Any) -> bytes:
    """Run a converter.

    Raises:
        UnsupportedError: it refuses the model.
    """
    from tensorflow.lite.python.convert import ConverterError

    try:
        return bytes(converter.convert())
    except (ConverterError, RuntimeError, ValueError) as error:
        lines = [line for line in str(error).strip().splitlines() if line.strip()]
        raise UnsupportedError(
            f"the TensorFlow converter refused the model: {lines[0][:400] if lines else error}",
            "the message names the layer or op: replace it by one that TensorFlow Lite has in int8",
        ) from error


def to_float(function: Any) -> bytes:
    """A network as a float32 .tflite, the yardstick of the quantized one's accuracy.

    Raises:
        UnsupportedError: the converter doesn't know an op.
    """
    return converted(converter_of(function))

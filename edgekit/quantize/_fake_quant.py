"""Keras layers that compute as the int8 model will: fake quantization of weights and activations.

Only imported where TensorFlow is wanted: the classes need Keras when they are defined.

Source of the scheme: Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018, section 3: values are rounded in the forward pass, the
gradient passes through where a value lies within the range.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

_PACKAGE = "edgekit"
_MOMENTUM = 0.95
_START = 6.0  # a range to begin with; `convert` refuses a layer that never saw data


@keras.saving.register_keras_serializable(_PACKAGE)
class FakeQuant(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Activations in 8 bits, asymmetric, per tensor.

    The range is a moving average of the batches' extremes while training, the extremes of all
    batches while it `listens`, and fixed otherwise.

    Args:
        low: fixed lower end; the range is observed where it is None.
        high: fixed upper end, or, with an observed range, the highest value that it may have.
        **options: of every Keras layer.
    """

    def __init__(self, low: float | None = None, high: float | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.low, self.high = low, high
        self.listens = False
        self.minimum, self.maximum, self.seen = (
            self.add_weight(
                name=name,
                shape=(),
                initializer=keras.initializers.Constant(value),
                trainable=False,
            )
            for name, value in (("minimum", -_START), ("maximum", _START), ("seen", 0.0))
        )

    @property
    def is_ready(self) -> bool:
        """Whether the range was given or has seen data."""
        return self.low is not None or bool(ops.convert_to_numpy(self.seen) > 0.0)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Inputs of any shape -> the same, rounded."""
        if self.low is not None:
            return tf.quantization.fake_quant_with_min_max_vars(inputs, self.low, self.high)
        if training or self.listens:
            self._observe(inputs)
        return tf.quantization.fake_quant_with_min_max_vars(
            inputs, ops.convert_to_tensor(self.minimum), ops.convert_to_tensor(self.maximum)
        )

    def _observe(self, inputs: Any) -> None:
        """Move the range towards this batch's; the first batch sets it. It always includes 0."""
        low = ops.minimum(ops.min(inputs), 0.0)
        high = ops.maximum(ops.max(inputs), 0.0)
        if self.high is not None:
            high = ops.minimum(high, self.high)
        # Not empty, even if every value is 0: an empty range has no scale.
        high = ops.maximum(high, low + 1e-6)
        is_first = ops.equal(self.seen, 0.0)
        if self.listens:  # the widest of all batches
            low_kept, high_kept = (
                ops.minimum(self.minimum, low),
                ops.maximum(self.maximum, high),
            )
        else:
            low_kept, high_kept = (
                _MOMENTUM * kept + (1.0 - _MOMENTUM) * new
                for kept, new in ((self.minimum, low), (self.maximum, high))
            )
        self.minimum.assign(ops.where(is_first, low, low_kept))
        self.maximum.assign(ops.where(is_first, high, high_kept))
        self.seen.assign(1.0)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What Keras saves."""
        return {**super().get_config(), "low": self.low, "high": self.high}


def rounded(weights: Any, bits: int, *, per_channel: bool = True) -> Any:
    """Weights in `bits` bits, symmetric, the lowest code left out; channels along the last axis."""
    if not per_channel:
        limit = tf.stop_gradient(tf.maximum(tf.reduce_max(tf.abs(weights)), 1e-9))
        return tf.quantization.fake_quant_with_min_max_vars(
            weights, -limit, limit, num_bits=bits, narrow_range=True
        )
    axes = list(range(len(weights.shape) - 1))
    limits = tf.stop_gradient(tf.maximum(tf.reduce_max(tf.abs(weights), axis=axes), 1e-9))
    return tf.quantization.fake_quant_with_min_max_vars_per_channel(
        weights, -limits, limits, num_bits=bits, narrow_range=True
    )


class _Weighted:
    """What the layers with weights share: the bits are saved with the layer."""

    bits: int

    def get_config(self) -> dict[str, Any]:
        """What Keras saves."""
        config: dict[str, Any] = super().get_config()  # type: ignore[misc] # Layer's
        return {**config, "bits": self.bits}


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantConv2D(_Weighted, keras.layers.Conv2D):  # type: ignore[misc] # Keras has no types
    """Conv2D, one scale per filter."""

    def __init__(self, *args: Any, bits: int = 8, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bits = bits

    def call(self, inputs: Any) -> Any:
        """As Conv2D, without activation."""
        sums = self.convolution_op(inputs, rounded(self.kernel, self.bits))
        return ops.add(sums, self.bias)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantDepthwiseConv2D(_Weighted, keras.layers.DepthwiseConv2D):  # type: ignore[misc] # as above
    """DepthwiseConv2D, one scale per output channel."""

    def __init__(self, *args: Any, bits: int = 8, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bits = bits

    def call(self, inputs: Any) -> Any:
        """As DepthwiseConv2D, without activation."""
        # Only the last axis can have scales of its own, so channels and multiplier become one.
        height, width, channels, multiplier = self.kernel.shape
        flat = tf.reshape(self.kernel, (height, width, channels * multiplier))
        kernel = tf.reshape(rounded(flat, self.bits), self.kernel.shape)
        sums = ops.depthwise_conv(
            inputs,
            kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        return ops.add(sums, self.bias)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantDense(_Weighted, keras.layers.Dense):  # type: ignore[misc] # as above
    """Dense, one scale for all weights: the converter can't transpose scales per unit."""

    def __init__(self, *args: Any, bits: int = 8, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bits = bits

    def call(self, inputs: Any) -> Any:
        """As Dense, without activation."""
        kernel = rounded(self.kernel, self.bits, per_channel=False)
        return ops.add(ops.matmul(inputs, kernel), self.bias)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantConv2DTranspose(_Weighted, keras.layers.Conv2DTranspose):  # type: ignore[misc] # as above
    """Conv2DTranspose, one scale for all weights: the converter can't transpose several."""

    def __init__(self, *args: Any, bits: int = 8, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bits = bits

    def call(self, inputs: Any) -> Any:
        """As Conv2DTranspose, without activation."""
        sums = ops.conv_transpose(
            inputs,
            rounded(self.kernel, self.bits, per_channel=False),
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
        )
        return ops.add(sums, self.bias)


TWINS: dict[str, Any] = {
    "Conv2D": QuantConv2D,
    "Conv1D": QuantConv2D,
    "DepthwiseConv2D": QuantDepthwiseConv2D,
    "Dense": QuantDense,
    "Conv2DTranspose": QuantConv2DTranspose,
}

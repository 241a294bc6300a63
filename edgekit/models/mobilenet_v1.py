"""MobileNetV1: thirteen depthwise-separable blocks behind a strided convolution.

After Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017 (arXiv:1704.04861), table 1. With alpha 0.25 and a 96x96 input it is the
person-detection network of MLPerf Tiny.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from edgekit.models import _init

DESCRIPTION = "MobileNetV1 image classifier; alpha scales the channels"

_SMALLEST = 32  # five halvings: below this the last blocks see nothing but padding
_BLOCKS = (  # channels at alpha 1, stride
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        alpha: width multiplier of every layer's channels.
        input: height, width and channels of the image.
        classes: outputs of the softmax.
    """

    alpha: float = 0.25
    input: tuple[int, ...] = (96, 96, 3)
    classes: int = 2


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    if not (math.isfinite(params.alpha) and 0.01 <= params.alpha <= 2.0):
        return f"alpha must lie in 0.01 to 2, not {params.alpha:g}"
    if len(params.input) != 3:
        return f"input must be HEIGHTxWIDTHxCHANNELS, not {len(params.input)} numbers"
    if min(params.input[:2]) < _SMALLEST:
        return f"input must be at least {_SMALLEST}x{_SMALLEST}"
    if max(params.input[:2]) > 1024 or params.input[2] > 64:
        return "input may be 1024x1024 with 64 channels at most"
    if not 2 <= params.classes <= 10_000:
        return f"classes must lie in 2 to 10000, not {params.classes}"
    return None


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    inputs = keras.Input(params.input, name="image")
    x = keras.layers.Conv2D(
        _scaled(32, params.alpha),
        3,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=_init.dense(),
        name="conv",
    )(inputs)
    x = _normalized(x, "conv")
    for number, (channels, stride) in enumerate(_BLOCKS, start=1):
        x = _block(x, f"block{number}", _scaled(channels, params.alpha), stride)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = keras.layers.Dense(params.classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v1")


def _block(x: Any, name: str, channels: int, stride: int) -> Any:
    import keras

    x = keras.layers.DepthwiseConv2D(
        3,
        strides=stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=_init.depthwise(),
        name=f"{name}_depthwise",
    )(x)
    x = _normalized(x, f"{name}_depthwise")
    x = keras.layers.Conv2D(
        channels, 1, use_bias=False, kernel_initializer=_init.dense(), name=f"{name}_pointwise"
    )(x)
    return _normalized(x, f"{name}_pointwise")


def _normalized(x: Any, name: str) -> Any:
    import keras

    # Momentum 0.9: with Keras' 0.99 a short training leaves the moving statistics far behind.
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _scaled(channels: int, alpha: float) -> int:
    """Channels times alpha, at least one."""
    return max(1, int(channels * alpha))

"""MobileNetV1: thirteen depthwise-separable blocks behind a strided convolution.

After Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017 (arXiv:1704.04861), table 1. With alpha 0.25 and a 96x96 input it is the
person-detection network of MLPerf Tiny.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier

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
        share: 1 gives the five equal blocks of 512 channels one set of weights.
    """

    alpha: float = 0.25
    input: tuple[int, ...] = (96, 96, 3)
    classes: int = 2
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.between("alpha", params.alpha, 0.01, 2.0),
        _limits.picture(params.input, _SMALLEST),
        _limits.classes(params.classes),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder()
    inputs = keras.Input(params.input, name="image")
    x = layers.conv(inputs, "conv", _scaled(32, params.alpha), 3, stride=2)
    name, before = "", (0, 0)
    for number, (channels, stride) in enumerate(_BLOCKS, start=1):
        is_repeated = stride == 1 and before == (channels, 1)
        if not (params.share and is_repeated):
            name = f"block{number}"
        x = layers.depthwise(x, f"{name}_depthwise", stride=stride)
        x = layers.conv(x, f"{name}_pointwise", _scaled(channels, params.alpha))
        before = (channels, stride)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, classifier(x, params.classes), name="mobilenet_v1")


def _scaled(channels: int, alpha: float) -> int:
    """Channels times alpha, at least one."""
    return max(1, int(channels * alpha))

"""EfficientNet-Lite: EfficientNet without squeeze-excite and swish, for integer arithmetic.

After Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019
(arXiv:1905.11946): one coefficient scales depth by 1.2, width by 1.1 and resolution by 1.15 to
its power. The changes of "Lite" are those of TensorFlow's tpu repository (2020): ReLU6, no
squeeze-excite, and stem, head and the first and last stage's depth are not scaled up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier
from edgekit.models._inverted import Block, inverted_residual, rounded

DESCRIPTION = "EfficientNet-Lite image classifier; scale makes it deeper, wider and finer at once"

_DEPTH, _WIDTH, _RESOLUTION = 1.2, 1.1, 1.15  # the paper's alpha, beta, gamma
_BASE_RESOLUTION = 224
_STAGES = (  # expansion, kernel, stride of the first, channels, blocks
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
_STEM, _HEAD = 32, 1280


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        scale: the compound coefficient; 0 is EfficientNet-Lite0, below it networks for small
            boards.
        classes: outputs of the softmax.
        channels: of the image.
        depth: factor of the blocks per stage, instead of the scale's; 0 takes the scale's.
        width: factor of the channels, likewise.
        resolution: height and width of the image, likewise.
        share: 1 gives the equal blocks of a stage one set of weights.
    """

    scale: float = -10.0
    classes: int = 2
    channels: int = 3
    depth: float = 0.0
    width: float = 0.0
    resolution: int = 0
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.between("scale", params.scale, -12, 4),
        _limits.classes(params.classes),
        _limits.between("channels", params.channels, 1, 64),
        _limits.between("depth", params.depth, 0, 4),
        _limits.between("width", params.width, 0, 4),
        _limits.between("resolution", params.resolution, 32, 1024) if params.resolution else None,
        _limits.between("share", params.share, 0, 1),
    )


def resolution(params: Params) -> int:
    """Height and width of the image: a multiple of 8, at least 32."""
    if params.resolution:
        return params.resolution
    side = _BASE_RESOLUTION * math.pow(_RESOLUTION, params.scale)
    return max(32, round(side / 8) * 8)


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    width = params.width or _WIDTH**params.scale
    depth = params.depth or _DEPTH**params.scale
    side = resolution(params)
    layers = Builder(highest=6.0)
    inputs = keras.Input((side, side, params.channels), name="image")
    # "Lite" keeps stem and head when it grows; a smaller one would be all stem and head.
    x = layers.conv(inputs, "stem", rounded(_STEM * min(1.0, width)), 3, stride=2)
    for stage, (expansion, kernel, stride, channels, blocks) in enumerate(_STAGES, start=1):
        is_end = stage in (1, len(_STAGES))
        repeats = blocks if is_end else math.ceil(blocks * depth)
        for number in range(1, repeats + 1):
            block = Block(
                expansion, kernel, stride if number == 1 else 1, rounded(channels * width)
            )
            shown = min(number, 2) if params.share else number
            x = inverted_residual(layers, x, f"stage{stage}_block{shown}", block)
    x = layers.conv(x, "head", rounded(_HEAD * min(1.0, width)))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dropout(0.2)(x)
    return keras.Model(inputs, classifier(x, params.classes), name="efficientnet_lite")

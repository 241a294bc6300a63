"""MobileNetV2: inverted residuals with linear bottlenecks.

After Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018
(arXiv:1801.04381), table 2; channels are rounded to multiples of 8 as in the authors' code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier
from edgekit.models._inverted import Block, inverted_residual, rounded

DESCRIPTION = "MobileNetV2 image classifier; alpha scales the channels"

_SMALLEST = 32  # five halvings
_STAGES = (  # expansion, channels at alpha 1, blocks, stride of the first
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_HEAD = 1280


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        alpha: width multiplier of every layer's channels; the last convolution keeps its 1,280
            below 1, as in the paper.
        input: height, width and channels of the image.
        classes: outputs of the softmax.
        share: 1 gives the equal blocks of a stage one set of weights.
    """

    alpha: float = 0.35
    input: tuple[int, ...] = (96, 96, 3)
    classes: int = 2
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.between("alpha", params.alpha, 0.05, 2.0),
        _limits.picture(params.input, _SMALLEST),
        _limits.classes(params.classes),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder(highest=6.0)
    inputs = keras.Input(params.input, name="image")
    x = layers.conv(inputs, "conv", rounded(32 * params.alpha), 3, stride=2)
    for stage, (expansion, channels, blocks, stride) in enumerate(_STAGES, start=1):
        for number in range(1, blocks + 1):
            block = Block(
                expansion, 3, stride if number == 1 else 1, rounded(channels * params.alpha)
            )
            # The first block has another input than the rest.
            shown = min(number, 2) if params.share else number
            x = inverted_residual(layers, x, f"stage{stage}_block{shown}", block)
    x = layers.conv(x, "head", rounded(_HEAD * max(1.0, params.alpha)))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, classifier(x, params.classes), name="mobilenet_v2")

"""The autoencoder that finds anomalies in MLPerf Tiny: it gives its input again, or fails to.

After Koizumi et al., the baseline of DCASE 2020 task 2 (2020): fully connected layers of equal
width about a bottleneck, each normalized. Its input is five frames of 128 log-mel bands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder

DESCRIPTION = "autoencoder that finds anomalies, fully connected (MLPerf Tiny)"


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: number of features.
        width: units of each hidden layer.
        depth: hidden layers on each side of the bottleneck.
        bottleneck: units of the layer in the middle.
        share: 1 gives the equal layers of a side one set of weights.
    """

    input: tuple[int, ...] = (640,)
    width: int = 128
    depth: int = 4
    bottleneck: int = 8
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    if len(params.input) != 1:
        return f"input must be one number of features, not {len(params.input)} numbers"
    return _limits.first(
        _limits.between("input", params.input[0], 2, 65_536),
        _limits.between("width", params.width, 1, 8192),
        _limits.between("depth", params.depth, 1, 16),
        _limits.between("bottleneck", params.bottleneck, 1, 8192),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow. Its output is linear."""
    import keras

    layers = Builder(bias=True)
    inputs = keras.Input(params.input, name="features")
    x = _side(layers, inputs, "encoder", params)
    x = layers.dense(x, "bottleneck", params.bottleneck)
    x = _side(layers, x, "decoder", params)
    outputs = keras.layers.Dense(params.input[0], name="reconstruction")(x)
    return keras.Model(inputs, outputs, name="autoencoder")


def _side(layers: Builder, x: Any, name: str, params: Params) -> Any:
    for number in range(1, params.depth + 1):
        # The first layer has another input than the rest.
        shown = min(number, 2) if params.share else number
        x = layers.dense(x, f"{name}{shown}", params.width)
    return x

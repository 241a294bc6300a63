"""How the weights of an untrained network are drawn.

With Keras' default a deep stack of depthwise layers starts with activations that shrink by the
layer, down to 1e-8 at its end: training starts slowly, and the untrained network quantizes to
nonsense that some ops refuse.
"""

from __future__ import annotations

from typing import Any


def depthwise() -> Any:
    """He et al. 2015 (arXiv:1502.01852) for kernels (height, width, channels, multiplier).

    Each output sees height x width values. Keras counts that product times the channels as the
    fan-in, so the right number is what it takes for the fan-out.
    """
    import keras

    return keras.initializers.VarianceScaling(2.0, mode="fan_out")


def dense() -> Any:
    """He et al. 2015, for convolutions over all channels before a ReLU."""
    import keras

    return keras.initializers.HeNormal()

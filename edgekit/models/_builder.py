"""Convolution, batch normalization and activation, as architectures stack them.

A layer is known by its name: a block that is built a second time under the name of an earlier one
uses that one's layers again, and with them its weights. That is how `share` works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edgekit.models import _init

# With Keras' 0.99 a short training leaves the moving statistics far behind.
_MOMENTUM = 0.9


class Builder:
    """Makes layers and calls them.

    Args:
        highest: the upper end of the activation, 6 for ReLU6; None for ReLU.
        bias: whether convolutions have one beside that of their batch normalization.
    """

    def __init__(self, highest: float | None = None, *, bias: bool = False) -> None:
        self._highest, self._bias = highest, bias
        self._made: dict[str, Any] = {}

    def conv(
        self,
        x: Any,
        name: str,
        filters: int,
        kernel: int | tuple[int, int] = 1,
        *,
        stride: int = 1,
        padding: str = "same",
        active: bool = True,
    ) -> Any:
        """Convolution over all channels, normalized; `active` adds the activation."""
        import keras

        made = self._layer(
            name,
            lambda: keras.layers.Conv2D(
                filters,
                kernel,
                strides=stride,
                padding=padding,
                use_bias=self._bias,
                kernel_initializer=_init.dense(),
                name=name,
            ),
        )
        return self._normalized(made(x), name, active)

    def depthwise(
        self,
        x: Any,
        name: str,
        kernel: int | tuple[int, int] = 3,
        *,
        stride: int = 1,
        padding: str = "same",
        active: bool = True,
    ) -> Any:
        """Convolution of each channel by itself, normalized; `active` adds the activation."""
        import keras

        made = self._layer(
            name,
            lambda: keras.layers.DepthwiseConv2D(
                kernel,
                strides=stride,
                padding=padding,
                use_bias=self._bias,
                depthwise_initializer=_init.depthwise(),
                name=name,
            ),
        )
        return self._normalized(made(x), name, active)

    def dense(self, x: Any, name: str, units: int) -> Any:
        """Fully connected, normalized, with the activation."""
        import keras

        made = self._layer(
            name,
            lambda: keras.layers.Dense(
                units, use_bias=self._bias, kernel_initializer=_init.dense(), name=name
            ),
        )
        return self._normalized(made(x), name, active=True)

    def activation(self, x: Any, name: str) -> Any:
        """The activation alone, e.g. after a residual sum."""
        import keras

        return self._layer(name, lambda: keras.layers.ReLU(self._highest, name=name))(x)

    def _normalized(self, x: Any, name: str, active: bool) -> Any:
        import keras

        norm = self._layer(
            f"{name}_bn",
            lambda: keras.layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_bn"),
        )
        x = norm(x)
        return self.activation(x, f"{name}_relu") if active else x

    def _layer(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]


def classifier(x: Any, classes: int) -> Any:
    """The last layer: one probability per class."""
    import keras

    return keras.layers.Dense(classes, activation="softmax", name="classes")(x)

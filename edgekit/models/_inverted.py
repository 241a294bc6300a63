"""The inverted residual block of MobileNetV2, which EfficientNet took over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models._builder import Builder


@dataclass(frozen=True, slots=True)
class Block:
    """An inverted residual block.

    Attributes:
        expansion: factor of the channels between the two pointwise convolutions.
        kernel: side of the depthwise convolution.
        stride: of the depthwise convolution.
        channels: of the block's output.
    """

    expansion: int
    kernel: int
    stride: int
    channels: int


def inverted_residual(layers: Builder, x: Any, name: str, block: Block) -> Any:
    """Expand, convolve each channel, project; and add the input where the shapes allow."""
    import keras

    start, channels = x, int(x.shape[-1])
    if block.expansion != 1:
        x = layers.conv(x, f"{name}_expand", channels * block.expansion)
    x = layers.depthwise(x, f"{name}_depthwise", block.kernel, stride=block.stride)
    x = layers.conv(x, f"{name}_project", block.channels, active=False)
    if block.stride == 1 and channels == block.channels:
        x = keras.layers.Add()([start, x])
    return x


def rounded(channels: float, divisor: int = 8) -> int:
    """The nearest multiple of the divisor, at least one of it, and not below 90 %."""
    near = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * channels else near

"""The quantized twin of a layer with weights, BatchNormalization folded in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.quantize._fold import affine

WEIGHTED = frozenset({"Conv2D", "Conv1D", "DepthwiseConv2D", "Dense", "Conv2DTranspose"})


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits of the weights.

    Attributes:
        weights: of convolutions and Dense: 8 or 4. Depthwise weights have 8: they are few, and
            each decides a whole channel.
        keep: names of layers that have 8 all the same.
    """

    weights: int = 8
    keep: frozenset[str] = frozenset()

    def of(self, layer: Any) -> int:
        """The bits of one layer's weights."""
        plain = type(layer).__name__ in ("Conv2D", "Conv1D", "Dense")
        return self.weights if plain and layer.name not in self.keep else 8


def twin(layer: Any, norm: Any, shape: tuple[int | None, ...], bits: int, name: str) -> Any:
    """The fake-quantizing layer with a layer's weights.

    Args:
        layer: one of WEIGHTED; a Conv1D becomes a convolution of one row.
        norm: the BatchNormalization behind it, or None.
        shape: of its input, with the batch (and with the row for a Conv1D).
        bits: of its weights.
        name: of the new layer.

    Raises:
        UnsupportedError: its channels come first.
    """
    from edgekit.quantize import _fake_quant

    kind = type(layer).__name__
    if kind != "Dense" and layer.data_format != "channels_last":
        raise UnsupportedError(
            f"layer {layer.name!r} ({kind}) has its channels first", "put the channels last"
        )
    config = layer.get_config()
    if kind == "Conv1D":
        for key in ("kernel_size", "strides", "dilation_rate"):
            config[key] = (1, *config[key])
    changed = {"name": name, "activation": "linear", "use_bias": True, "bits": bits}
    made = _fake_quant.TWINS[kind].from_config({**config, **changed})
    made.build(shape)
    made.set_weights(_folded(layer, norm, len(shape)))
    return made


def _folded(layer: Any, norm: Any, rank: int) -> list[Array]:
    """Kernel and bias with the BatchNormalization behind them multiplied in."""
    kind = type(layer).__name__
    kernel = np.asarray(layer.kernel)
    if kind == "Conv1D":
        kernel = kernel[None]
    channels = _channels(kind, kernel)
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(channels, np.float32)
    if norm is None:
        return [kernel, bias]
    found = affine(norm, channels, rank - (kind == "Conv1D"))
    if kind == "DepthwiseConv2D":
        factor = found.factor.reshape(kernel.shape[2:])
    elif kind == "Conv2DTranspose":
        factor = found.factor[:, None]
    else:
        factor = found.factor
    return [kernel * factor, bias * found.factor + found.offset]


def _channels(kind: str, kernel: Array) -> int:
    if kind == "DepthwiseConv2D":
        return int(kernel.shape[2] * kernel.shape[3])
    return int(kernel.shape[2] if kind == "Conv2DTranspose" else kernel.shape[-1])

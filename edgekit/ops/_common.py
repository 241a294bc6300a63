"""What several ops share: TFLite's enums, activation ranges, window geometry, checks."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from edgekit.ir import DType, Quant, Tensor

INT8_MIN, INT8_MAX = -128, 127


class Padding(enum.IntEnum):
    """TFLite's padding schemes, with the schema's numbers."""

    SAME = 0
    VALID = 1


class Activation(enum.IntEnum):
    """TFLite's fused activations, with the schema's numbers."""

    NONE = 0
    RELU = 1
    RELU_N1_TO_1 = 2
    RELU6 = 3
    TANH = 4
    SIGN_BIT = 5


CLAMPING = (Activation.NONE, Activation.RELU, Activation.RELU_N1_TO_1, Activation.RELU6)


def activation_range(activation: Activation, quant: Quant) -> tuple[int, int]:
    """The int8 values between which a fused activation clamps.

    Args:
        activation: one of CLAMPING.
        quant: the output's quantization.

    Returns:
        Lowest and highest quantized value.
    """
    scale = np.float32(quant.scale)

    def quantized(real: float) -> int:
        # TfLiteRound on a float32 quotient: half away from zero.
        value = np.float32(real) / scale
        return quant.zero_point + int(np.trunc(value + np.copysign(np.float32(0.5), value)))

    low, high = INT8_MIN, INT8_MAX
    if activation in (Activation.RELU, Activation.RELU6):
        low = max(low, quantized(0.0))
    if activation is Activation.RELU6:
        high = min(high, quantized(6.0))
    if activation is Activation.RELU_N1_TO_1:
        low, high = max(low, quantized(-1.0)), min(high, quantized(1.0))
    return low, high


@dataclass(frozen=True, slots=True)
class Window:
    """One axis of a sliding window.

    Attributes:
        size: output positions.
        pad: padding before the first element; what follows the last one is implied.
    """

    size: int
    pad: int


def window(padding: Padding, extent: int, kernel: int, stride: int, dilation: int = 1) -> Window:
    """Output size and leading padding along one axis, by TFLite's rules."""
    reach = (kernel - 1) * dilation + 1
    if padding is Padding.SAME:
        size = -(-extent // stride)
    else:
        size = -(-(extent - reach + 1) // stride)
    total = max((size - 1) * stride + reach - extent, 0)
    return Window(size, total // 2)


def wrong_dtype(tensor: Tensor, *allowed: DType) -> str | None:
    """What a constraint answers about a tensor's type: None if it is one of `allowed`."""
    if tensor.dtype in allowed:
        return None
    return f"tensor {tensor.name!r} is {tensor.dtype.value}"


def wrong_quant(tensor: Tensor) -> str | None:
    """What a constraint answers about per-tensor quantization: None if there is one."""
    if tensor.quant is None:
        return f"tensor {tensor.name!r} has no quantization parameters"
    if tensor.quant.per_channel:
        return f"tensor {tensor.name!r} has {len(tensor.quant.scales)} scales"
    if not tensor.quant.scale > 0.0 or not np.isfinite(tensor.quant.scale):
        return f"tensor {tensor.name!r} has the scale {tensor.quant.scale}"
    if tensor.dtype is DType.INT8 and not INT8_MIN <= tensor.quant.zero_point <= INT8_MAX:
        return f"tensor {tensor.name!r} has the zero point {tensor.quant.zero_point}"
    return None


def quant_of(tensor: Tensor) -> Quant:
    """A tensor's quantization, which a constraint has checked to be there."""
    if tensor.quant is None:
        raise ValueError(f"tensor {tensor.name!r} has no quantization parameters")
    return tensor.quant

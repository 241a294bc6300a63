"""What several ops share: TFLite's enums, activation ranges, window geometry, checks."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from edgekit.ir import DType, Graph, Op, Quant, Tensor
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array

INT8_MIN, INT8_MAX = -128, 127
INT16_MIN, INT16_MAX = -(2**15), 2**15 - 1
LIMITS = {DType.INT8: (INT8_MIN, INT8_MAX), DType.INT16: (INT16_MIN, INT16_MAX)}
# With more terms than these a sum of values less their zero point could leave 32 bits.
MAX_TERMS = {DType.INT8: 2**31 // 2**8, DType.INT16: 2**31 // 2**16}
MAX_REACH = 2**15 - 1


class Padding(enum.IntEnum):
    """TFLite's padding schemes, with the schema's numbers."""

    SAME = 0
    VALID = 1


@dataclass(frozen=True, slots=True)
class Border:
    """Padding before and behind one axis, in elements; less than a window reaches over."""

    before: int
    behind: int


@dataclass(frozen=True, slots=True)
class Borders:
    """A convolution's padding after the compiler took a PAD into it; models have none such."""

    rows: Border
    columns: Border


def along(padding: Padding | Borders) -> tuple[Padding | Border, Padding | Border]:
    """The padding of rows and of columns."""
    return (padding.rows, padding.columns) if isinstance(padding, Borders) else (padding, padding)


class Activation(enum.IntEnum):
    """TFLite's fused activations, with the schema's numbers."""

    NONE = 0
    RELU = 1
    RELU_N1_TO_1 = 2
    RELU6 = 3
    TANH = 4
    SIGN_BIT = 5


CLAMPING = (Activation.NONE, Activation.RELU, Activation.RELU_N1_TO_1, Activation.RELU6)


def activation_range(
    activation: Activation, quant: Quant, dtype: DType = DType.INT8
) -> tuple[int, int]:
    """The values between which a fused activation clamps.

    Args:
        activation: one of CLAMPING.
        quant: the output's quantization.
        dtype: the output's, int8 or int16.

    Returns:
        Lowest and highest quantized value.
    """
    low, high = LIMITS[dtype]
    if activation in (Activation.RELU, Activation.RELU6):
        low = max(low, quant.zero_point)
    if activation is Activation.RELU6:
        high = min(high, quant.zero_point + _steps(6.0, quant))
    if activation is Activation.RELU_N1_TO_1:
        one = _steps(1.0, quant)
        low, high = max(low, quant.zero_point - one), min(high, quant.zero_point + one)
    return low, high


def fused_range(op: Op, graph: Graph) -> tuple[int, int]:
    """The values between which an op's fused activation clamps its output."""
    output, activation = graph.output(op), op.attrs.fused_activation_function
    return activation_range(activation, quant_of(output), output.dtype)


def _steps(real: float, quant: Quant) -> int:
    """A positive real in steps of the scale: a float32 quotient, rounded half up."""
    with np.errstate(over="ignore"):
        quotient = float(np.float32(real) / np.float32(quant.scale))
    # Beyond int32 TFLite Micro refuses the model; wrong_activation does.
    return math.floor(min(quotient, 2.0**31) + 0.5)


@dataclass(frozen=True, slots=True)
class Window:
    """One axis of a sliding window.

    Attributes:
        size: output positions.
        pad: padding before the first element; what follows the last one is implied.
    """

    size: int
    pad: int


def window(
    padding: Padding | Border, extent: int, kernel: int, stride: int, dilation: int = 1
) -> Window:
    """Output size and leading padding along one axis, by TFLite's rules."""
    reach = (kernel - 1) * dilation + 1
    if isinstance(padding, Border):
        covered = padding.before + extent + padding.behind - reach + 1
        return Window(-(-covered // stride), padding.before)
    covered = extent if padding is Padding.SAME else extent - reach + 1
    size = -(-covered // stride)
    total = max((size - 1) * stride + reach - extent, 0)
    return Window(size, total // 2)


def wrong_window(
    padding: Padding | Border, extent: int, kernel: int, stride: int, dilation: int = 1
) -> str | None:
    """What a constraint answers about one axis of a window: None if it can be computed.

    The limit of MAX_REACH is TFLite Micro's, which keeps paddings in 16 bits.
    """
    if min(kernel, stride, dilation) < 1:
        return f"a window of {kernel} with stride {stride} and dilation {dilation}"
    reach = (kernel - 1) * dilation + 1
    if max(reach, stride) > MAX_REACH:
        return f"a window that reaches over {reach} elements with stride {stride}"
    if isinstance(padding, Border):
        ends = padding.before, padding.behind
        fits = min(ends) >= 0 and max(ends) < reach <= sum(ends) + extent
        return None if fits else f"a window that reaches over {reach} elements with {padding}"
    if padding is Padding.VALID and reach > extent:
        return f"a VALID window that reaches over {reach} of {extent} elements"
    return None


def wrong_activation(activation: Activation, output: Tensor) -> str | None:
    """What a constraint answers about a fused activation: None if it clamps to int8 values."""
    if activation not in CLAMPING:
        return f"the fused activation {activation.name}"
    if activation not in (Activation.NONE, Activation.RELU):
        limit = 6.0 if activation is Activation.RELU6 else 1.0
        if _steps(limit, quant_of(output)) >= 2**31:
            return f"{activation.name} with the scale {quant_of(output).scale}"
    return None


def wrong_inputs(op: Op, count: int, optional: int = 0) -> str | None:
    """What a constraint answers about the number of inputs, of which the last may be left out.

    Args:
        op: it must have one output.
        count: how many inputs must be given.
        optional: how many more may be given.
    """
    needed, rest = op.inputs[:count], op.inputs[count:]
    complete = len(needed) == count and ABSENT not in needed
    if complete and len(rest) <= optional and len(op.outputs) == 1:
        return None
    given = sum(index != ABSENT for index in op.inputs)
    return f"{given} inputs and {len(op.outputs)} outputs"


def wrong_images(*tensors: Tensor) -> str | None:
    """What a constraint answers about NHWC activations: None if they are, and of good types."""
    found = wrong_activations(*tensors)
    for tensor in tensors:
        if found is None and len(tensor.shape) != 4:
            return f"tensor {tensor.name!r} has the shape {tensor.shape}"
    return found


def wrong_activations(*tensors: Tensor) -> str | None:
    """What a constraint answers about types: None if all are int8, or all int16, of one scale."""
    for tensor in tensors:
        found = wrong_dtype(tensor, DType.INT8, DType.INT16)
        if found:
            return found
    if len({tensor.dtype for tensor in tensors}) > 1:
        return ", ".join(f"tensor {each.name!r} is {each.dtype.value}" for each in tensors)
    return next((found for found in map(wrong_quant, tensors) if found), None)


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
    if tensor.dtype is DType.INT16 and tensor.quant.zero_point != 0:
        return f"the int16 tensor {tensor.name!r} has the zero point {tensor.quant.zero_point}"
    return None


def held(values: Array, tensor: Tensor) -> Array:
    """Values less their zero point, as an int8 or int16 tensor has them: held within its type."""
    shifted = values + quant_of(tensor).zero_point
    result: Array = np.clip(shifted, *LIMITS[tensor.dtype]).astype(tensor.dtype.numpy)
    return result


def quant_of(tensor: Tensor) -> Quant:
    """A tensor's quantization, which a constraint has checked to be there."""
    if tensor.quant is None:
        raise ValueError(f"tensor {tensor.name!r} has no quantization parameters")
    return tensor.quant

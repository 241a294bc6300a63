"""What the ops that treat every element alike share."""

from __future__ import annotations

from edgekit.ir import DType, Tensor
from edgekit.ops._common import quant_of, wrong_dtype, wrong_quant
from edgekit.ops._quant import quantize_multiplier

# An int8 value less its zero point is below 2**8. Shifted to the left by 22 bits it is below
# 2**30, so that neither the shift nor the zero point added behind it can overflow int32. The same
# holds for int16, whose zero point is 0.
MAX_RESCALE_SHIFT = {DType.INT8: 22, DType.INT16: 15}


def wrong_int8(*tensors: Tensor) -> str | None:
    """What a constraint answers about tensors that must be int8 with one scale each."""
    for tensor in tensors:
        found = wrong_dtype(tensor, DType.INT8) or wrong_quant(tensor)
        if found:
            return found
    return None


def wrong_same_quant(tensor: Tensor, output: Tensor) -> str | None:
    """What a constraint answers where a tensor's quantization must be the output's."""
    mine, other = quant_of(tensor), quant_of(output)
    if (mine.scale, mine.zero_point) == (other.scale, other.zero_point):
        return None
    return (
        f"tensor {tensor.name!r} has scale {mine.scale:g} and zero point {mine.zero_point}, "
        f"the output {other.scale:g} and {other.zero_point}"
    )


def multiplier_between(tensor: Tensor, output: Tensor) -> tuple[int, int]:
    """Mantissa and shift that take a tensor's steps to the output's."""
    return quantize_multiplier(quant_of(tensor).scale / quant_of(output).scale)


def wrong_rescale(tensor: Tensor, output: Tensor) -> str | None:
    """What a constraint answers about scales so far apart that int32 would overflow."""
    if multiplier_between(tensor, output)[1] <= MAX_RESCALE_SHIFT[tensor.dtype]:
        return None
    return f"the scales {quant_of(tensor).scale:g} and {quant_of(output).scale:g}"

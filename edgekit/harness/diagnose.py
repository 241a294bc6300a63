"""What a wrong tensor looks like, and hence what may have made it wrong.

The op's inputs are right: the op in question is the first one that differs. So the cause is in its
constants, its parameters, its code, or in what happened to its memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Tensor
from edgekit.ir.tensor import Array

Flags = npt.NDArray[np.bool_]

#: A channel that is wrong because of a constant is wrong in more than a few places.
_MOST_CHANNELS = 0.25
_FEW = 8
_FIT = 0.02
_LEAST_VALUES = 8


def cause(wanted: Array, got: Array, differs: Flags, tensor: Tensor) -> str:
    """What the differences point to, as a clause.

    Args:
        wanted: the right tensor, as the compiled graph has it.
        got: the device's, of the same shape and type.
        differs: where they differ, of the same shape.
        tensor: the graph's entry, with scale and live channels.
    """
    if got.size > 1 and (got == got.flat[0]).all() and not (wanted == wanted.flat[0]).all():
        return f"it is {got.flat[0]:g} everywhere: the op did not run, or was overwritten since"
    zero = tensor.quant.zero_point if tensor.quant is not None else 0
    for found in (_channels(differs, tensor), _factor(wanted, got, zero), _offset(wanted, got)):
        if found:
            return found
    return _place(differs, wanted, got)


def _channels(differs: Flags, tensor: Tensor) -> str:
    """Differences in few channels only: a constant of those."""
    if differs.ndim < 2 or differs.shape[-1] < 2:
        return ""
    wrong = np.flatnonzero(differs.reshape(-1, differs.shape[-1]).any(axis=0))
    rows = differs.size // differs.shape[-1]
    if len(wrong) > max(1, _MOST_CHANNELS * differs.shape[-1]) or differs.sum() == 1 < rows:
        return ""
    if differs.sum() < 2 * len(wrong) and rows > _FEW:
        return ""
    numbers = wrong if tensor.live is None else np.asarray(tensor.live.channels)[wrong]
    word = "channel" if len(wrong) == 1 else "channels"
    return (
        f"only the {word} {', '.join(map(str, numbers.tolist()))} of "
        f"{differs.shape[-1] if tensor.live is None else tensor.shape[-1]} differ"
        f"{'s' if len(wrong) == 1 else ''}: a weight, a bias or a multiplier of it"
    )


def _factor(wanted: Array, got: Array, zero: int) -> str:
    """All values are the right ones times a number: a scale is wrong."""
    w, g = (a.astype(np.float64).ravel() - zero for a in (wanted, got))
    inside = (w != 0) & _unclamped(wanted) & _unclamped(got)
    if inside.sum() < _LEAST_VALUES:
        return ""
    w, g = w[inside], g[inside]
    factor = float(w @ g / (w @ w))
    # Both are rounded: by half a step each, of which the right one's is multiplied as well.
    half = 0.505 if wanted.dtype.kind == "i" else _FIT * float(np.abs(w).max())
    close = np.abs(g - factor * w) <= half * (1 + abs(factor))
    if abs(factor - 1) < _FIT or np.abs(w).max() < 8 * half or close.mean() < 0.98:
        return ""
    return (
        f"its values are {factor:.3g} times the right ones: the scale of the op's input, weights "
        "or output is another one on the device"
    )


def _offset(wanted: Array, got: Array) -> str:
    """All values are off by the same: a zero point or every bias."""
    inside = (_unclamped(wanted) & _unclamped(got)).reshape(-1)
    off = (got.astype(np.float64) - wanted.astype(np.float64)).ravel()[inside]
    if len(off) < _LEAST_VALUES or not np.isfinite(off).all():
        return ""
    if off[0] == 0 or not np.allclose(off, off[0], rtol=_FIT):
        return ""
    return f"every value is off by {off[0]:g}: a zero point, or the bias of every channel"


def _place(differs: Flags, wanted: Array, got: Array) -> str:
    at = np.flatnonzero(differs)
    first, last = int(at[0]), int(at[-1])
    if wanted.dtype.kind == "i":
        most = int(np.abs(got.astype(np.int64) - wanted.astype(np.int64)).max())
        if most == 1:
            return "its values differ by one step: another rounding, hence other code"
    if last - first + 1 < differs.size // 4 and len(at) > _FEW:
        width = wanted.dtype.itemsize
        return (
            f"the differences lie in its bytes {first * width} to {(last + 1) * width - 1}: "
            "something else wrote there"
        )
    return "the differences have no pattern: its weights, or the code of this op"


def _unclamped(values: Array) -> Flags:
    if values.dtype.kind != "i":
        return np.asarray(np.isfinite(values.ravel()), bool)
    limits = np.iinfo(values.dtype)
    flat = values.ravel()
    return np.asarray((flat > limits.min) & (flat < limits.max), bool)

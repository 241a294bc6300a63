"""The inputs that a model is verified with: random and edge cases, or the user's data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgekit import datafile
from edgekit.errors import InputError
from edgekit.ir import DType, Graph, Quant, Tensor
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS
from edgekit.ops.quantize import quantized


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Inputs, and the right answers where they are known.

    Attributes:
        inputs: per sample, one array per model input.
        labels: classes [samples], or None.
    """

    inputs: tuple[tuple[Array, ...], ...]
    labels: npt.NDArray[np.int64] | None = None


def generated(graph: Graph, count: int, seed: int = 0) -> Samples:
    """`count` random samples, then one of all lowest and one of all highest values."""
    random = np.random.default_rng(seed)
    tensors = [graph.tensors[i] for i in graph.inputs]
    ranges = [_range(graph, i) for i in graph.inputs]
    made = [
        tuple(_random(t, low, high, random) for t, (low, high) in zip(tensors, ranges, strict=True))
        for _ in range(count)
    ]
    made += [
        tuple(
            np.full(t.shape, limits[end], t.dtype.numpy)
            for t, limits in zip(tensors, ranges, strict=True)
        )
        for end in (0, 1)
    ]
    return Samples(tuple(made))


def load(path: Path, graph: Graph, count: int | None) -> Samples:
    """The user's data for a model of one input.

    Args:
        path: .npy of inputs, or .npz with `x` and, where the answers are known, `y`. Inputs are
            [samples, ...], either of the model's type or real values, which are quantized.
        graph: the model.
        count: at most so many samples; all if None.

    Raises:
        InputError: no such file, no such arrays, a shape or a type that does not fit.
    """
    if len(graph.inputs) != 1:
        raise InputError(
            f"--data fits models of one input; this one has {len(graph.inputs)}",
            "leave --data out: random inputs are used",
        )
    file = datafile.read(path)
    x, labels = file.x, file.y
    tensor = graph.tensors[graph.inputs[0]]
    x = x[:count]
    if x.size == 0:
        raise InputError(f"{path} holds no samples")
    per_sample = tensor.shape
    if x[0].size != tensor.size:
        raise InputError(
            f"{path}: one sample has the shape {x.shape[1:]}, the model takes {per_sample}",
            "x must be [samples, ...] with the model's own shape behind it",
        )
    values = _as_input(x, tensor, path)
    inputs = tuple((np.ascontiguousarray(value.reshape(per_sample)),) for value in values)
    return Samples(inputs, None if labels is None else labels[: len(inputs)])


def quantize(real: Array, tensor: Tensor) -> Array:
    """Real values as a tensor's type: float32 as they are, others as the op QUANTIZE makes them."""
    single = np.asarray(real, np.float32)
    if tensor.dtype is DType.FLOAT32 or tensor.quant is None:
        return single
    return quantized(single, tensor)


def _as_input(x: Array, tensor: Tensor, path: Path) -> Array:
    if x.dtype == tensor.dtype.numpy:
        return x
    if x.dtype.kind == "f":
        if not np.isfinite(x).all():
            raise InputError(f"{path} has values that are not finite")
        return quantize(x, tensor)
    raise InputError(
        f"{path} holds {x.dtype} values, the model takes {tensor.dtype.value}",
        "give real values as float32, or values of the model's own type",
    )


def _range(graph: Graph, index: int) -> tuple[float, float]:
    """The values between which an input is drawn: all of its type, or what a QUANTIZE covers."""
    tensor = graph.tensors[index]
    if tensor.dtype in LIMITS:
        return LIMITS[tensor.dtype]
    for op in graph.ops:
        quant = graph.output(op).quant
        if index in op.inputs and quant is not None:
            least, most = LIMITS[graph.output(op).dtype]
            return _real(least, quant), _real(most, quant)
    return -1.0, 1.0


def _real(value: int, quant: Quant) -> float:
    return float(np.float32((value - quant.zero_point) * quant.scale))


def _random(tensor: Tensor, low: float, high: float, random: np.random.Generator) -> Array:
    if tensor.dtype in LIMITS:
        return random.integers(
            *LIMITS[tensor.dtype], tensor.shape, tensor.dtype.numpy, endpoint=True
        )
    return np.asarray(random.uniform(low, high, tensor.shape), np.float32)

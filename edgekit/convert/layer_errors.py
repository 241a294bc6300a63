"""How far a quantized model's layers are from the float model's, worst first, each with advice."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgekit import contract, datasets
from edgekit.convert import lint
from edgekit.convert._convert import Converted
from edgekit.convert._litert import LiteRt
from edgekit.errors import InputError
from edgekit.importers import ValueRange
from edgekit.ir.tensor import Array
from edgekit.quantize import ModelTypes, OpTypes, ValueType, look

_PREPARED = re.compile(r"([^/;]+)_int[48](?:_\d+)*/")
_BRIDGES = ("QUANTIZE", "DEQUANTIZE")
# Decibels: 8 bits over an even range give about 48, over a bell-shaped one about 35.
_GOOD_DB = 25.0
_INHERITED_DB = 3.0  # a layer that loses less than this got its error from the layer before
_OUTLIERS = 8.0  # the largest value in root mean squares: above this the range is stretched
_UNEVEN = 30.0  # the widest channel's range over the median channel's


@dataclass(frozen=True, slots=True)
class LayerError:
    """One layer's output, int8 against float, over all samples.

    Attributes:
        position: of the op in the quantized model.
        op: TFLite's name of the operator.
        tensor: name of its output.
        layer: the Keras layer's own name, where a training put it into the tensor's; else empty.
        weights: the type of its weights, e.g. `int8`; empty where it has none.
        snr_db: signal to noise, in decibels; infinite where both are equal.
        cosine: similarity of both, 1 at best.
        max_error: the largest difference, in real numbers.
        max_steps: the same in steps of the output's scale.
        advice: what can be done about it.
    """

    position: int
    op: str
    tensor: str
    layer: str
    weights: str
    snr_db: float
    cosine: float
    max_error: float
    max_steps: float
    advice: str


@dataclass(slots=True)
class _Sums:
    """What is gathered of one tensor, sample by sample."""

    signal: float = 0.0
    noise: float = 0.0
    product: float = 0.0
    other: float = 0.0
    largest_error: float = 0.0
    largest: float = 0.0
    count: int = 0
    channels: Array | None = None

    def add(self, real: Array, quantized: Array) -> None:
        x, y = real.astype(np.float64), quantized.astype(np.float64)
        error = np.abs(x - y)
        self.signal += float((x * x).sum())
        self.other += float((y * y).sum())
        self.noise += float((error * error).sum())
        self.product += float((x * y).sum())
        self.largest_error = max(self.largest_error, float(error.max()))
        self.largest = max(self.largest, float(np.abs(x).max()))
        self.count += x.size
        widest = np.abs(x.reshape(-1, x.shape[-1])).max(axis=0)
        self.channels = widest if self.channels is None else np.maximum(self.channels, widest)

    @property
    def snr_db(self) -> float:
        if self.noise == 0.0:
            return math.inf
        return 10.0 * math.log10(max(self.signal, 1e-300) / self.noise)

    @property
    def cosine(self) -> float:
        both = math.sqrt(self.signal * self.other)
        return self.product / both if both else 1.0

    @property
    def stretch(self) -> float:
        """The largest value over the root mean square."""
        mean = math.sqrt(self.signal / max(self.count, 1))
        return self.largest / mean if mean else 1.0

    @property
    def unevenness(self) -> float:
        """The widest channel over the median one."""
        if self.channels is None or self.channels.size < 4:
            return 1.0
        median = float(np.median(self.channels))
        return float(self.channels.max()) / median if median else 1.0


def layer_errors(
    converted: Converted, data: str | Path, *, limit: int = 100
) -> tuple[LayerError, ...]:
    """Compare every layer of a quantized model with the float model it came from.

    Args:
        converted: both models.
        data: typical inputs, see `datasets.FORMATS`.
        limit: the most samples to run, evenly spread.

    Returns:
        One entry per op of the quantized model that the float model has too, worst first.

    Raises:
        InputError: there is no float model, or its layers are not those of the quantized one.
        ToolError: LiteRT is not installed.
    """
    if converted.float_model is None:
        raise InputError(
            f"{converted.name} was quantized already, and its float model is not there",
            "give the float model: .keras, .h5, a SavedModel or zoo:...",
        )
    real, quantized = look(converted.float_model), look(converted.tflite)
    pairs = _pairs(real, quantized)
    samples = _samples(converted, str(data), real.inputs[0], limit)
    sums = {position: _Sums() for position, _, _ in pairs}
    runs = LiteRt(converted.float_model), LiteRt(converted.tflite)
    for sample in samples:
        runs[0].invoke(sample[None])
        runs[1].invoke_real(sample[None])
        for position, one, other in pairs:
            sums[position].add(runs[0].value(one), runs[1].real(other))
    found = [_error(quantized, position, other, sums) for position, _, other in pairs]
    return tuple(sorted(found, key=lambda error: (error.snr_db, error.position)))


def _samples(converted: Converted, data: str, taken: ValueType, limit: int) -> Array:
    expects = ValueRange(*converted.picture_range, "its input's quantization")
    form = contract.form(converted.contract, taken.shape[1:], *converted.picture_range)
    read = datasets.read(data, form, split="train", limit=limit)
    return lint.as_samples(read, taken.shape, expects)


def _layers(model: ModelTypes) -> list[tuple[int, OpTypes]]:
    return [(i, op) for i, op in enumerate(model.ops) if op.kind not in _BRIDGES]


def _pairs(real: ModelTypes, quantized: ModelTypes) -> list[tuple[int, ValueType, ValueType]]:
    """Position in the quantized model, the float output, the quantized output.

    The converter keeps names; where a training has changed them, the order of the ops is the same.
    """
    named = {op.tensors[-1].name: op.tensors[-1] for _, op in _layers(real)}
    layers = _layers(quantized)
    found = [
        (i, named[o.tensors[-1].name], o.tensors[-1])
        for i, o in layers
        if o.tensors[-1].name in named
    ]
    if len(found) * 2 > len(layers):
        return [(i, one, other) for i, one, other in found if one.shape == other.shape]
    kinds = [[op.kind for _, op in _layers(model)] for model in (real, quantized)]
    if kinds[0] != kinds[1]:
        raise InputError(
            "the quantized model's layers are not those of the float model",
            "the report needs both with the same layers: try --quantize int8_ptq",
        )
    return [
        (i, one.tensors[-1], other.tensors[-1])
        for (_, one), (i, other) in zip(_layers(real), layers, strict=True)
    ]


def _error(
    model: ModelTypes, position: int, output: ValueType, sums: dict[int, _Sums]
) -> LayerError:
    op, mine = model.ops[position], sums[position]
    weights = op.tensors[1].dtype.value if op.kind in _WEIGHTED else ""
    return LayerError(
        position,
        op.kind,
        output.name,
        _layer(output.name) if weights else "",
        weights,
        mine.snr_db,
        mine.cosine,
        mine.largest_error,
        mine.largest_error / output.scale if output.scale else 0.0,
        _advice(model, position, weights, sums),
    )


_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV")


def _advice(model: ModelTypes, position: int, weights: str, sums: dict[int, _Sums]) -> str:
    """What the figures point to, the likeliest reason first."""
    mine = sums[position]
    if mine.snr_db >= _GOOD_DB:
        return "fine"
    source = _worst_source(model, position, sums)
    if source is not None and mine.snr_db > sums[source].snr_db - _INHERITED_DB:
        return f"its error comes from op {source}: mend that first"
    if weights == "int4":
        name = _layer(model.ops[position].tensors[-1].name) or "LAYER"
        return f"4 bits are too few here: keep 8 with --keep {name}"
    if mine.stretch > _OUTLIERS:
        return (
            f"its largest value is {mine.stretch:.0f} times its root mean square: limit it in the "
            "model (ReLU6), or look for outliers in the calibration data"
        )
    if mine.unevenness > _UNEVEN:
        return (
            f"its channels' ranges differ {mine.unevenness:.0f}-fold and share one scale: train "
            "with --quantize qat"
        )
    return "train with --quantize qat, or give more calibration samples"


def _layer(tensor: str) -> str:
    """The layer in a tensor's name as `qat.prepare` writes it, e.g. `net/conv_int4_1/BiasAdd`."""
    found = _PREPARED.search(tensor)
    return found.group(1) if found else ""


def _worst_source(model: ModelTypes, position: int, sums: dict[int, _Sums]) -> int | None:
    """The op before that has the largest error among those whose output this one reads."""
    read = {tensor.index for tensor in model.ops[position].tensors[:-1]}
    while True:
        bridges = [op for op in model.ops if op.kind in _BRIDGES and op.tensors[-1].index in read]
        more = {op.tensors[0].index for op in bridges} - read
        if not more:
            break
        read |= more
    sources = [i for i in sums if i != position and model.ops[i].tensors[-1].index in read]
    return min(sources, key=lambda i: sums[i].snr_db, default=None)

"""Holds samples against the model before they decide its scales.

The converter takes whatever it gets: an empty set silently gives a float model, and pictures
from 0 to 255 for a model trained on 0 to 1 silently give one that guesses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit import datasets
from edgekit.datasets import Samples
from edgekit.errors import InputError
from edgekit.importers import BatchNormProbe, FloatModel, ValueRange
from edgekit.ir import DType
from edgekit.ir.tensor import Array
from edgekit.ops._common import LIMITS
from edgekit.quantize import ModelTypes

_FEW = 10  # TRAINING.md: with 10 samples accuracy was within 0.2 points, below nobody knows
_MARGIN = 0.1  # of the expected range's width
_SPREAD = 4.0  # factor by which the first BatchNormalization's input may differ from training
_FLAT = 1e-4  # a layer's range, below which the int8 kernels' fixed-point arithmetic ends
_PROBED = 64  # samples are enough for a mean and a variance per channel


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """Samples that the converter may have.

    Attributes:
        samples: float32 (n, ...), without the batch of 1.
        warnings: what looks wrong, one sentence each, with the numbers.
    """

    samples: Array
    warnings: tuple[str, ...]


def check(data: Samples, model: FloatModel, *, trains: bool = False) -> Checked:
    """Refuse samples that can't be right and warn about those that look wrong.

    Args:
        data: as it was read.
        model: what they are for.
        trains: whether the classes are learned from, and so must be the model's.

    Raises:
        InputError: no samples, another shape, another type, or NaN or infinite values; classes
            that the model doesn't have, where it is trained.
    """
    samples = as_samples(data, model.input_shape, model.expects)
    warnings = [*_count_warnings(samples), *_constant_warnings(samples)]
    warnings += _class_warnings(data, model.output_shape, trains)
    if model.expects is not None:
        warnings += _range_warnings(samples, model.expects)
    elif model.probe is not None:
        warnings += _probe_warnings(samples, model.probe)
    else:
        warnings += _raw_byte_warnings(samples)
    return Checked(samples, tuple(f"{data.origin}: {text}" for text in warnings))


def flat_layers(types: ModelTypes) -> tuple[str, ...]:
    """A warning where what a layer gives out hardly varies: rounding is all that is left of it.

    A network as it was initialised, or data far too small, does this.
    """
    for op in types.ops:
        made = op.tensors[-1]
        if made.dtype in LIMITS and 0 < made.scale * (_width(made.dtype)) < _FLAT:
            return (
                f"the values of {op.kind} {made.name!r} differ by less than {_FLAT:.1g} over all "
                "samples: is the model trained, and are these its inputs?",
            )
    return ()


def _width(dtype: DType) -> int:
    low, high = LIMITS[dtype]
    return high - low


def as_samples(
    data: Samples, input_shape: tuple[int, ...], expects: ValueRange | None = None
) -> Array:
    """Samples as float32 in the model's shape, without the batch.

    Args:
        data: as it was read.
        input_shape: the model's, with the batch of 1.
        expects: the model's own word on its range; bytes are accepted where it is that of bytes.

    Raises:
        InputError: no samples, another shape, another type, or NaN or infinite values.
    """
    if data.x.size == 0:
        raise InputError(f"{data.origin} has no samples", "give 100 or more typical inputs")
    shaped = datasets.in_shape(data, input_shape[1:])
    if not (data.x.dtype == np.uint8 and expects is not None and _is_bytes(expects)):
        datasets.require_floats(data)
    return datasets.finite(data, shaped)


def _is_bytes(expects: ValueRange) -> bool:
    return abs(expects.low) < 0.5 and abs(expects.high - 255.0) < 0.5


def _count_warnings(samples: Array) -> list[str]:
    if len(samples) >= _FEW:
        return []
    return [f"only {len(samples)} samples decide every scale; give 100 or more"]


def _constant_warnings(samples: Array) -> list[str]:
    flat = samples.reshape(len(samples), -1)
    if (flat == flat[0, 0]).all():
        return [f"every value of every sample is {flat[0, 0]:g}"]
    if len(samples) > 1 and (flat == flat[0]).all():
        return ["all samples are the same"]
    return []


def _class_warnings(data: Samples, output_shape: tuple[int, ...], trains: bool) -> list[str]:
    """Every class should decide the scales; a class that is never seen may be cut off."""
    count = output_shape[-1]
    if data.y is None or len(output_shape) != 2 or count < 2 or data.y.size == 0:
        return []
    low, high = int(data.y.min()), int(data.y.max())
    if low < 0 or high >= count:
        text = f"classes go from {low} to {high}, but the model has {count} outputs"
        if trains:
            raise InputError(f"{data.origin}: {text}", "number the classes from 0")
        return [text]
    missing = sorted(set(range(count)) - {int(y) for y in np.unique(data.y)})
    if not missing:
        return []
    named = [data.labels[i] if len(data.labels) == count else str(i) for i in missing[:8]]
    more = " ..." if len(missing) > 8 else ""
    return [f"{len(missing)} of {count} classes have no sample: {', '.join(named)}{more}"]


def _range_warnings(samples: Array, expects: ValueRange) -> list[str]:
    low, high = float(samples.min()), float(samples.max())
    width = expects.high - expects.low
    inside = low >= expects.low - _MARGIN * width and high <= expects.high + _MARGIN * width
    if inside and high - low >= _MARGIN * width:
        return []
    return [
        f"values lie in {low:g} to {high:g}, but the model expects about {expects.low:g} to "
        f"{expects.high:g} ({expects.because}); scaled differently than in training?"
    ]


def _probe_warnings(samples: Array, probe: BatchNormProbe) -> list[str]:
    """Compare what reaches the first BatchNormalization with what it saw in training."""
    activations = probe.activations(samples[:: max(1, len(samples) // _PROBED)])
    flat = activations.reshape(-1, activations.shape[-1]).astype(np.float64)
    trained = np.sqrt(np.maximum(probe.variance.astype(np.float64), 1e-12))
    ratio = float(np.median(flat.std(axis=0) / trained))
    shift = float(np.median(np.abs(flat.mean(axis=0) - probe.mean) / trained))
    if 1 / _SPREAD <= ratio <= _SPREAD and shift <= _SPREAD:
        return []
    return [
        f"values lie in {samples.min():g} to {samples.max():g}; at {probe.layer!r} they spread "
        f"{ratio:.3g} times as wide as the training data did and are {shift:.3g} standard "
        "deviations off; scaled differently than in training?"
    ]


def _raw_byte_warnings(samples: Array) -> list[str]:
    """Whole numbers up to 255 look like unscaled bytes, and the model doesn't say what it wants."""
    low, high = float(samples.min()), float(samples.max())
    if not (low >= 0 and 2 < high <= 255 and np.all(samples == np.round(samples))):
        return []
    return [
        f"values are whole numbers in {low:g} to {high:g}, like raw bytes, and the model has no "
        "Rescaling layer: was it trained on these, or on 0 to 1?"
    ]

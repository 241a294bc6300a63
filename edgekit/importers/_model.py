"""What importers produce."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edgekit.ir.tensor import Array


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The input values that a model says it was trained on.

    Attributes:
        low: smallest.
        high: largest.
        because: what in the model says so, e.g. "its Rescaling layer 'rescaling'".
    """

    low: float
    high: float
    because: str


@dataclass(frozen=True, slots=True, eq=False)
class BatchNormProbe:
    """A model's first BatchNormalization: it remembers what the training data looked like.

    Attributes:
        layer: its name in the model.
        mean: moving mean per channel, as trained.
        variance: moving variance per channel, as trained.
        activations: input samples (n, ...) -> what arrives at the layer, channels last.
    """

    layer: str
    mean: Array
    variance: Array
    activations: Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class FloatModel:
    """A trained network with batch 1 and its weights frozen, ready to be quantized.

    Attributes:
        name: from the source.
        input_shape: with the batch of 1.
        output_shape: with the batch of 1.
        function: a TensorFlow ConcreteFunction without variables, for the converter.
        expects: the values that it was trained on, where the model says so.
        probe: its first BatchNormalization, where there is a trained one.
        notes: what the user should know, one sentence each.
        keras: the Keras model, where the source has one.
    """

    name: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    function: Any
    expects: ValueRange | None = None
    probe: BatchNormProbe | None = None
    notes: tuple[str, ...] = ()
    keras: Any = None


@dataclass(frozen=True, slots=True)
class TfliteModel:
    """A .tflite as it was read.

    Attributes:
        name: the file's stem.
        data: its bytes.
    """

    name: str
    data: bytes

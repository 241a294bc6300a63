"""What a network is trained for, and the loss and the metric that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit import datasets
from edgekit.datasets import Dataset, Samples
from edgekit.errors import InputError, UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.models import flat_layers


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of the network.

    Attributes:
        is_reconstruction: it gives its input again (an autoencoder); no classes are needed.
        classes: how many classes it tells apart, 0 in a reconstruction.
        has_one_output: two classes told apart by one number.
        is_probability: its outputs are probabilities, else they are logits.
    """

    is_reconstruction: bool
    classes: int
    has_one_output: bool
    is_probability: bool

    def targets(self, data: Samples, smoothing: float = 0.0) -> Array:
        """What the network should give for each sample, float32.

        Raises:
            InputError: no classes, or a class that the network doesn't have.
        """
        if self.is_reconstruction:
            return data.x
        y = datasets.classes(data, self.classes)
        if self.has_one_output:
            hard = y[:, None].astype(np.float32)
            return np.asarray(hard * (1 - smoothing) + smoothing / 2, np.float32)
        hot = np.eye(self.classes, dtype=np.float32)[y]
        return np.asarray(hot * (1 - smoothing) + smoothing / self.classes, np.float32)

    def loss(self) -> Any:
        """The Keras loss."""
        import keras

        if self.is_reconstruction:
            return keras.losses.MeanSquaredError()
        if self.has_one_output:
            return keras.losses.BinaryCrossentropy(from_logits=not self.is_probability)
        return keras.losses.CategoricalCrossentropy(from_logits=not self.is_probability)

    def metric(self) -> Any:
        """The Keras metric of the accuracy."""
        import keras

        if self.has_one_output:
            # Smoothed targets are never 0 or 1: what is asked is the side of a half.
            half = 0.5 if self.is_probability else 0.0
            return keras.metrics.MeanMetricWrapper(
                lambda y, p: keras.ops.mean(
                    keras.ops.cast((y > 0.5) == (p > half), "float32"), axis=-1
                ),
                name="accuracy",
            )
        return keras.metrics.CategoricalAccuracy(name="accuracy")


def of(model: Any, data: Dataset, wanted: str = "auto") -> Task:
    """What a Keras model is to be trained for; `wanted` is `Options.task`.

    Raises:
        InputError: the samples don't fit the model.
        UnsupportedError: more than one input or output, or one of another rank.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise UnsupportedError(
            f"training needs one input and one output, not {len(model.inputs)} and "
            f"{len(model.outputs)}",
            "train it with Keras itself and give the .keras file to `edgekit convert`",
        )
    taken, given = tuple(model.inputs[0].shape[1:]), tuple(model.outputs[0].shape[1:])
    for part in (data.train, data.validation):
        if part.x.shape[1:] != taken:
            raise InputError(
                f"{data.origin}: samples of {part.x.shape[1:]} don't fit the model's input of "
                f"{taken}",
                "load them with the model's input shape",
            )
    if wanted == "reconstruction" or (
        wanted == "auto" and given == taken and not _ends_in(model, "softmax")
    ):
        if given != taken:
            raise InputError(f"the model's output {given} has not its input's shape {taken}")
        return Task(True, 0, False, False)
    if len(given) != 1:
        raise UnsupportedError(
            f"the model's output has the shape {given}: that is neither one score per class nor "
            "its input again",
            "train it with Keras itself and give the .keras file to `edgekit convert`",
        )
    count = max(int(given[0]), 2)
    task = Task(False, count, given[0] == 1, _ends_in(model, "softmax", "sigmoid"))
    if data.labels and len(data.labels) != count:
        raise InputError(
            f"{data.origin} has {len(data.labels)} classes and the model tells {count} apart",
            f"build the model with classes={len(data.labels)}",
        )
    for part in (data.train, data.validation):
        datasets.classes(part, count)
    return task


def _ends_in(model: Any, *kinds: str) -> bool:
    """Whether one of these is among the last layers (fake quantization may follow)."""
    names = set()
    for layer in flat_layers(model)[-3:]:
        names.add(type(layer).__name__.lower())
        names.add(getattr(getattr(layer, "activation", None), "__name__", ""))
    return bool(names & set(kinds))

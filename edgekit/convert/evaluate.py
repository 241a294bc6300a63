"""Accuracy of the float and of the int8 model on the same labelled samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgekit import contract, datasets
from edgekit.convert import lint
from edgekit.convert._convert import Converted
from edgekit.convert._litert import LiteRt
from edgekit.datasets import Samples
from edgekit.errors import InputError
from edgekit.importers import ValueRange
from edgekit.ir import DType
from edgekit.ir.tensor import Array
from edgekit.ops.quantize import to_codes
from edgekit.quantize import ValueType, look

Run = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Top-1 accuracy, as shares of 1.

    Attributes:
        samples: how many were run.
        float_accuracy: of the float model; None if there is none.
        int8_accuracy: of the quantized model.
        agreement: share of the samples for which both give the same class; None without a
            float model.
        notes: what the user should know of how the samples were read.
    """

    samples: int
    float_accuracy: float | None
    int8_accuracy: float
    agreement: float | None
    notes: tuple[str, ...] = ()


def evaluate(converted: Converted, data: str | Path, run: Run, *, limit: int = 10_000) -> Accuracy:
    """Run labelled samples through both models.

    Args:
        converted: the models.
        data: .npz with x and y, a folder of one folder of images per class, or a built-in set
            (its test part). x is what the float model takes, or the quantized one's own codes.
        run: the quantized model: its input with the batch of 1, in its own type -> its output.
        limit: the most samples to run, evenly spread.

    Raises:
        InputError: no classes, classes that the model doesn't have, or samples that don't fit.
        ToolError: no package that runs the float model is installed.
    """
    taken, given = _ends(converted)
    samples = _load(converted, str(data), taken, limit)
    classes = _true_classes(samples, given)
    floats, quantized = _both_forms(samples, taken, converted.picture_range)
    answers = [run(sample[None]) for sample in quantized]
    int8_classes = np.array([_class_of(answer, given) for answer in answers])
    float_classes = _float_classes(converted.float_model, floats)
    return Accuracy(
        samples=len(classes),
        float_accuracy=None if float_classes is None else _share(float_classes, classes),
        int8_accuracy=_share(int8_classes, classes),
        agreement=None if float_classes is None else _share(float_classes, int8_classes),
        notes=samples.notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Samples as a quantized model takes them.

    Attributes:
        x: [samples, ...], without the batch of 1.
        classes: the right ones; None where they are not known.
        given: the model's output.
    """

    x: Array
    classes: Array | None
    given: ValueType

    def right(self, run: Run, which: slice) -> float:
        """Share of these samples that a model gives the right class; `run` as for `evaluate`."""
        if self.classes is None:
            raise InputError("the samples have no classes", "give x and y")
        found = np.array([_class_of(run(sample[None]), self.given) for sample in self.x[which]])
        return _share(found, self.classes[which])


def inputs_of(converted: Converted, data: str | Path, *, limit: int = 10_000) -> Inputs:
    """Samples, labelled or not, as a quantized model takes them; raises what `evaluate` does."""
    taken, given = _ends(converted)
    samples = _load(converted, str(data), taken, limit)
    classes = None if samples.y is None else _true_classes(samples, given)
    return Inputs(_both_forms(samples, taken, converted.picture_range)[1], classes, given)


def _ends(converted: Converted) -> tuple[ValueType, ValueType]:
    """The model's only input and output."""
    types = look(converted.tflite)
    if len(types.inputs) != 1 or len(types.outputs) != 1:
        raise InputError("accuracy needs a model with one input and one output")
    return types.inputs[0], types.outputs[0]


def _load(converted: Converted, data: str, taken: ValueType, limit: int) -> Samples:
    form = contract.form(converted.contract, taken.shape[1:], *converted.picture_range)
    return datasets.read(data, form, split="test", limit=limit)


def _true_classes(data: Samples, given: ValueType) -> Array:
    return datasets.classes(data, max(given.shape[-1] if given.shape else 1, 2))


def _both_forms(
    data: Samples, taken: ValueType, picture_range: tuple[float, float]
) -> tuple[Array, Array]:
    """The samples as the float model takes them, and as the quantized model does."""
    expects = ValueRange(*picture_range, "its input's quantization")
    if taken.dtype not in (DType.INT8, DType.INT16):
        floats = lint.as_samples(data, taken.shape, expects)
        return floats, floats
    if data.x.dtype == taken.dtype.numpy:
        raw = datasets.in_shape(data, taken.shape[1:])
        return (raw.astype(np.float32) - taken.zero_point) * np.float32(taken.scale), raw
    floats = lint.as_samples(data, taken.shape, expects)
    return floats, to_codes(floats, taken.scale, taken.zero_point, taken.dtype)


def _class_of(answer: Array, given: ValueType) -> int:
    """The class with the highest score; a single output is a yes above a half."""
    flat = answer.ravel()
    if flat.size > 1:
        return int(flat.argmax())
    value = float(flat[0])
    if answer.dtype.kind == "i" and given.scale:
        value = (value - given.zero_point) * given.scale
    return int(value > 0.5)


def _float_classes(model: bytes | None, samples: Array) -> Array | None:
    if model is None:
        return None
    given = look(model).outputs[0]
    run = LiteRt(model, keep_all=False)
    return np.array([_class_of(run.invoke(sample[None]), given) for sample in samples])


def _share(found: Array, expected: Array) -> float:
    return float((found == expected).mean()) if len(expected) else 0.0

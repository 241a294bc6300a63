"""What a model must be before it becomes a FloatModel: batch 1, one float32 input and output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.errors import InputError, UnsupportedError


def batch_one(shape: Sequence[int | None], source: str) -> tuple[int, ...]:
    """A model's input shape with its batch set to 1.

    A fixed batch spares the SHAPE, STRIDED_SLICE and PACK ops that the converter writes for an
    open one, and any other open dimension would silently become 1.

    Raises:
        InputError: another dimension than the batch is open.
        UnsupportedError: the model was built for a larger batch.
    """
    if not shape or any(size is None or size < 1 for size in shape[1:]):
        written = "x".join("?" if s is None or s < 1 else str(s) for s in shape)
        raise InputError(
            f"{source}: the input's shape {written or '()'} is not fixed",
            "firmware needs fixed sizes: build the model with numbers in keras.Input(shape=...)",
        )
    if shape[0] not in (None, -1, 1):
        raise UnsupportedError(
            f"{source}: the model was built for a batch of {shape[0]}",
            "a device sees one input at a time: build it with an open batch or a batch of 1",
        )
    return (1, *(int(size) for size in shape[1:] if size is not None))


def one_of_each(inputs: Sequence[Any], outputs: Sequence[Any], source: str) -> None:
    """Refuse a model with several inputs or outputs.

    Raises:
        UnsupportedError: there isn't one of each.
    """
    if len(inputs) != 1 or len(outputs) != 1:
        raise UnsupportedError(
            f"{source}: the model has {len(inputs)} inputs and {len(outputs)} outputs",
            "edgekit quantizes models with one of each; convert it to an int8 .tflite yourself "
            "and give that",
        )


def float_input(dtype: str, source: str) -> None:
    """Refuse a model whose input isn't float32.

    Raises:
        UnsupportedError: it is of another type.
    """
    if dtype != "float32":
        raise UnsupportedError(
            f"{source}: the model's input is {dtype}, not float32",
            "post-training quantization needs a float32 model: save it in float32",
        )

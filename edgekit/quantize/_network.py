"""What a method gets to quantize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.ir.tensor import Array


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A float network and its data.

    Attributes:
        function: frozen ConcreteFunction, one float32 input with a batch of 1.
        samples: float32 (n, ...) without the batch of 1, n >= 1.
        keras: the Keras model, where the source has one; a method may need it for training.
        classes: right answers (n,), where the data have them.
        epochs: of training, for methods that train.
        keep: names of layers that keep 8 bits, for methods with fewer.
    """

    function: Any
    samples: Array
    keras: Any = None
    classes: Array | None = None
    epochs: int = 3
    keep: frozenset[str] = frozenset()

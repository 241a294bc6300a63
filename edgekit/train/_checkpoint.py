"""The state of a training between two epochs, in memory and in a file."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import output
from edgekit.errors import InputError
from edgekit.ir.tensor import Array
from edgekit.train._history import Epoch, epoch_from


@dataclass(slots=True)
class Progress:
    """What a training has reached.

    Attributes:
        epochs: those that are done.
        best: number of the best one, 0 before the first.
        best_weights: the model's variables after it.
        model: its variables after the last one.
        optimizer: the optimizer's, likewise.
    """

    epochs: list[Epoch] = field(default_factory=list)
    best: int = 0
    best_weights: list[Array] = field(default_factory=list)
    model: list[Array] = field(default_factory=list)
    optimizer: list[Array] = field(default_factory=list)

    def add(self, epoch: Epoch, model: Any) -> None:
        """Take over an epoch that has just ended."""
        self.epochs.append(epoch)
        self.model = _values(model.variables)
        self.optimizer = _values(model.optimizer.variables)
        known = self.epochs[self.best - 1].validation if self.best else None
        if known is None or epoch.validation.order > known.order:
            self.best, self.best_weights = epoch.epoch, self.model

    def waited(self, patience: int) -> bool:
        """Whether so many epochs went by without a better one; never with 0."""
        return 0 < patience <= len(self.epochs) - self.best

    def restore(self, model: Any, *, with_optimizer: bool) -> None:
        """Give a compiled model the state after the last epoch.

        Raises:
            InputError: it is another model's.
        """
        if not self.epochs:
            return
        _assign(model.variables, self.model)
        if with_optimizer:
            _assign(model.optimizer.variables, self.optimizer)

    def restore_best(self, model: Any) -> None:
        """Give a model the weights after the best epoch.

        Raises:
            InputError: they are another model's.
        """
        _assign(model.variables, self.best_weights)


class Store:
    """The file that a training is saved to, or none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def save(self, progress: Progress) -> None:
        """Write the file, whole or not at all."""
        if self._path is None:
            return
        told = {"best": progress.best, "epochs": [dataclasses.asdict(e) for e in progress.epochs]}
        arrays = {"told": np.frombuffer(json.dumps(told).encode(), np.uint8)}
        for name in _PARTS:
            values = getattr(progress, name)
            arrays |= {f"{name}{i}": value for i, value in enumerate(values)}
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for options
        output.write_file(self._path, file.getvalue())

    def load(self) -> Progress:
        """Read the file; a training that has not begun if there is none.

        Raises:
            InputError: it is damaged.
        """
        if self._path is None or not self._path.exists():
            return Progress()
        try:
            with np.load(self._path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            told = json.loads(arrays["told"].tobytes())
            parts = {name: _numbered(arrays, name) for name in _PARTS}
            epochs = [epoch_from(e) for e in told["epochs"]]
            return Progress(epochs, int(told["best"]), **parts)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(
                f"the checkpoint {self._path} is damaged: {error}", "start again with --force"
            ) from error


_PARTS = ("best_weights", "model", "optimizer")


def _numbered(arrays: dict[str, Array], name: str) -> list[Array]:
    count = sum(key.startswith(name) and key[len(name) :].isdecimal() for key in arrays)
    return [arrays[f"{name}{i}"] for i in range(count)]


def _values(variables: list[Any]) -> list[Array]:
    return [variable.numpy().copy() for variable in variables]


def _assign(variables: list[Any], values: list[Array]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        raise InputError(
            "the checkpoint is of another model or other options", "start again with --force"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)

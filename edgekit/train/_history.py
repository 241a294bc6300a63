"""What happened in a training, epoch by epoch."""

from __future__ import annotations

import csv
import dataclasses
import io
from dataclasses import dataclass
from typing import Protocol


class Events(Protocol):
    """Who is told how a training goes on."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new epoch of `total` steps begins."""

    def advance(self) -> None:
        """One step is done."""


class Silent:
    """Tells nobody."""

    def stage(self, text: str, total: int = 0) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How good a network is on some samples.

    Attributes:
        loss: mean over the samples, of what was trained for, without weights of classes.
        accuracy: share of samples whose class has the highest score; None in a reconstruction.
    """

    loss: float
    accuracy: float | None = None

    @property
    def order(self) -> tuple[float, float]:
        """Higher is better: by accuracy, and where that is equal or not there, by the loss."""
        return (self.accuracy or 0.0, -self.loss)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training samples.

    Attributes:
        epoch: its number, from 1.
        train: over the pass, while the weights changed.
        validation: after the pass.
        learning_rate: at its end.
        seconds: how long it took, with the validation.
    """

    epoch: int
    train: Scores
    validation: Scores
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class History:
    """A training.

    Attributes:
        epochs: in their order.
        best: number of the epoch whose weights the model has now: the best on validation.
        stopped_early: whether it ended before its last epoch.
    """

    epochs: tuple[Epoch, ...]
    best: int
    stopped_early: bool

    @property
    def validation(self) -> Scores:
        """Of the weights that the model has now."""
        return self.epochs[self.best - 1].validation

    def to_csv(self) -> str:
        """One line per epoch, with a header."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        columns = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")
        writer.writerow([*columns, "learning_rate", "seconds"])
        for e in self.epochs:
            scores = (e.train.loss, e.train.accuracy, e.validation.loss, e.validation.accuracy)
            shown = ["" if value is None else f"{value:.6g}" for value in scores]
            writer.writerow([e.epoch, *shown, f"{e.learning_rate:.6g}", f"{e.seconds:.3f}"])
        return out.getvalue()


def epoch_from(values: dict[str, object]) -> Epoch:
    """The inverse of `dataclasses.asdict`."""
    parts = {name: Scores(**values[name]) for name in ("train", "validation")}  # type: ignore[arg-type]  # asdict made them
    made: Epoch = dataclasses.replace(
        Epoch(0, parts["train"], parts["validation"], 0.0, 0.0),
        **{k: v for k, v in values.items() if k not in parts},  # type: ignore[arg-type]  # likewise
    )
    return made

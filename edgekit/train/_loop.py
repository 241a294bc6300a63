"""One epoch after the other."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.datasets import Dataset
from edgekit.errors import InputError
from edgekit.ir.tensor import Array
from edgekit.models import flat_layers
from edgekit.train._augment import changes
from edgekit.train._history import Epoch, Events, Scores
from edgekit.train._options import Options
from edgekit.train._task import Task

_LOWEST_RATE = 0.01  # of the learning rate, at the cosine's end
_EVALUATION_BATCH = 256


@dataclass(frozen=True, slots=True)
class Phase:
    """Epochs with one set of layers that learn.

    Attributes:
        first: number of its first epoch, from 1.
        last: number of its last one.
        learning_rate: the highest.
        frozen: names of the layers that don't learn.
        is_last: whether no other follows.
    """

    first: int
    last: int
    learning_rate: float
    frozen: frozenset[str]
    is_last: bool


def phases(options: Options, frozen: Collection[str]) -> list[Phase]:
    """One phase, or two where some layers are frozen at first."""
    held = min(options.frozen_epochs, options.epochs) if frozen else 0
    made = []
    if held:
        is_last = held == options.epochs
        made.append(Phase(1, held, options.learning_rate, frozenset(frozen), is_last))
    if held < options.epochs:
        rate = options.fine_tuning_rate if held else options.learning_rate
        made.append(Phase(held + 1, options.epochs, rate, frozenset(), True))
    return made


class Loop:
    """A model, its data and the way it is trained."""

    def __init__(
        self,
        model: Any,
        data: Dataset,
        options: Options,
        task: Task,
        loss: Any,
        events: Events,
        after_step: Callable[[], None] | None,
    ) -> None:
        self._model, self._data, self._options = model, data, options
        self._loss, self._events, self._after_step = loss, events, after_step
        self._metrics = [] if task.is_reconstruction else [task.metric()]
        self._targets = task.targets(data.train, options.label_smoothing)
        self._validation_targets = task.targets(data.validation)
        self._weights = _sample_weights(data, task, options)
        self._range = float(data.train.x.min()), float(data.train.x.max())
        self._phase: Phase | None = None
        self._schedule: Any = None
        count, size = len(data.train), options.batch_size
        # A last batch of one sample would have no variance for a batch normalization.
        self._steps = max(1, count // size if count % size == 1 else math.ceil(count / size))
        self._set_aside: list[Any] = []

    def begin(self, phase: Phase) -> None:
        """Freeze and unfreeze layers, and start with a new optimizer."""
        for layer in self._set_aside:
            layer.trainable = True
        self._set_aside = []
        for layer in flat_layers(self._model):
            if layer.name in phase.frozen and layer.trainable:
                layer.trainable = False
                self._set_aside.append(layer)
        self._phase = phase
        self._schedule = self._rates(phase)
        optimizer = _optimizer(self._options, self._schedule)
        self._model.compile(optimizer, self._loss, metrics=self._metrics, jit_compile=False)
        optimizer.build(self._model.trainable_variables)

    def epoch(self, number: int) -> Epoch:
        """Train for one pass, then validate.

        Raises:
            InputError: the loss is no longer finite.
        """
        assert self._phase is not None
        start = time.monotonic()
        self._events.stage(f"epoch {number} of {self._options.epochs}", self._steps)
        train = self._pass(number)
        validation = self.scores(self._model, self._data.validation.x, self._validation_targets)
        step = (number - self._phase.first + 1) * self._steps
        rate = float(self._schedule(step))
        return Epoch(number, train, validation, rate, time.monotonic() - start)

    @staticmethod
    def scores(model: Any, x: Array, targets: Array) -> Scores:
        """Loss and accuracy of a compiled model on samples."""
        logs = model.evaluate(x, targets, batch_size=_EVALUATION_BATCH, verbose=0, return_dict=True)
        return Scores(float(logs["loss"]), _accuracy(logs))

    def _pass(self, number: int) -> Scores:
        # Order and changes depend on seed and epoch alone, so that a resumed training goes on
        # exactly as an uninterrupted one.
        random = np.random.default_rng([self._options.seed, number])
        order = random.permutation(len(self._data.train))
        x = self._data.train.x
        seed = int(random.integers(2**31))
        change = changes(self._options.augment, x.shape[1:], *self._range, seed)
        scores: list[tuple[int, Scores]] = []  # Keras tells those of each batch by itself
        for step in range(self._steps):
            chosen = order[step * self._options.batch_size :][: self._options.batch_size]
            batch = change(x[chosen])
            # The network of a reconstruction is to give what it was given.
            wanted = batch if self._targets is x else self._targets[chosen]
            weights = None if self._weights is None else self._weights[chosen]
            logs = self._model.train_on_batch(batch, wanted, weights, return_dict=True)
            scores.append((len(batch), Scores(float(logs["loss"]), _accuracy(logs))))
            if not math.isfinite(scores[-1][1].loss):
                raise InputError(
                    f"the loss is no longer finite in epoch {number}, step {step + 1}",
                    "lower learning_rate, set clip_norm = 1.0, or scale the data to 0 to 1",
                )
            if self._after_step is not None:
                self._after_step()
            self._events.advance()
        return _mean(scores)

    def _rates(self, phase: Phase) -> Any:
        import keras

        total = (phase.last - phase.first + 1) * self._steps
        warm = min(self._options.warmup_epochs * self._steps, total - 1) if phase.first == 1 else 0
        return keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warm else phase.learning_rate,
            decay_steps=total - warm,
            alpha=_LOWEST_RATE,
            warmup_target=phase.learning_rate if warm else None,
            warmup_steps=warm,
        )


def _optimizer(options: Options, schedule: Any) -> Any:
    import keras

    clip = options.clip_norm or None
    decay = options.weight_decay or None
    if options.optimizer == "adam":
        return keras.optimizers.Adam(schedule, global_clipnorm=clip)
    if options.optimizer == "adamw":
        return keras.optimizers.AdamW(schedule, weight_decay=decay or 0.0, global_clipnorm=clip)
    return keras.optimizers.SGD(
        schedule, momentum=0.9, nesterov=True, weight_decay=decay, global_clipnorm=clip
    )


def _sample_weights(data: Dataset, task: Task, options: Options) -> Array | None:
    """How much each training sample counts: inversely to how frequent its class is."""
    if options.balance == "none" or task.is_reconstruction or data.train.y is None:
        return None
    counts = np.bincount(data.train.y, minlength=task.classes)
    share = counts[data.train.y] * np.count_nonzero(counts)
    return np.asarray(len(data.train) / share, np.float32)


def _mean(scores: list[tuple[int, Scores]]) -> Scores:
    """Of batches, each with its number of samples."""
    total = sum(count for count, _ in scores)
    loss = sum(count * each.loss for count, each in scores) / total
    if scores[0][1].accuracy is None:
        return Scores(loss)
    return Scores(loss, sum(count * (each.accuracy or 0.0) for count, each in scores) / total)


def _accuracy(logs: dict[str, Any]) -> float | None:
    return float(logs["accuracy"]) if "accuracy" in logs else None

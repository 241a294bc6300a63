"""The training itself: batches, epochs, and the choice of the best one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from edgekit.datasets import Dataset
from edgekit.train import _task
from edgekit.train._checkpoint import Progress, Store
from edgekit.train._history import Epoch, Events, History, Scores, Silent
from edgekit.train._loop import Loop, phases
from edgekit.train._options import Options


def fit(
    model: Any,
    data: Dataset,
    options: Options,
    events: Events | None = None,
    *,
    frozen: Collection[str] = (),
    loss: Any = None,
    callbacks: Sequence[Any] = (),
    after_step: Callable[[], None] | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
) -> History:
    """Train a Keras model in this process; it ends with the best epoch's weights.

    The best epoch is that of the highest accuracy on `data.validation`, of equal ones that of
    the lowest loss; in a reconstruction the one of the lowest loss. With the same versions,
    `options.seed` and initial weights, and with `keras.utils.set_random_seed` and TensorFlow's
    `enable_op_determinism` called before, a CPU computes the same weights again, also when the
    training was interrupted and resumed.

    For a loss that sees the samples too (distillation), make `model` of a subclass of
    keras.Model that overrides `compute_loss(x, y, y_pred, sample_weight, training)`.

    Args:
        model: a built Keras 3 model of one input and one output; compiled anew by this call.
        data: its samples in the shape of the model's input, float32.
        options: see `Options`.
        events: who is told of every epoch and step.
        frozen: names of layers that don't learn in the first `options.frozen_epochs`.
        loss: a Keras loss on (targets, outputs) instead of the task's own; targets are one-hot
            (n, classes), (n, 1) with a single output, or the input in a reconstruction.
        callbacks: Keras callbacks; told of the training's and each epoch's begin and end.
        after_step: called after each step, e.g. to hold masked weights at zero.
        checkpoint: file (.npz) that each epoch's end is saved to.
        resume: go on from that file, if it is there.

    Raises:
        InputError: samples that don't fit, a loss that is no longer finite, a checkpoint of
            another model.
        UnsupportedError: a model that is no classifier and no autoencoder.
    """
    import keras

    store = Store(checkpoint)
    progress = store.load() if resume else Progress()
    task = _task.of(model, data, options.task)
    loop = Loop(model, data, options, task, loss or task.loss(), events or Silent(), after_step)
    listeners: Any = None
    for phase in phases(options, frozen):
        done = len(progress.epochs)
        if done >= phase.last:
            continue
        loop.begin(phase)
        progress.restore(model, with_optimizer=done >= phase.first)
        if listeners is None:
            listeners = keras.callbacks.CallbackList(list(callbacks), model=model)
            listeners.on_train_begin()
        for number in range(max(phase.first, done + 1), phase.last + 1):
            if phase.is_last and progress.waited(options.patience):
                break
            listeners.on_epoch_begin(number - 1)
            epoch = loop.epoch(number)
            progress.add(epoch, model)
            store.save(progress)
            listeners.on_epoch_end(number - 1, _logs(epoch))
    if listeners is not None:
        listeners.on_train_end()
    progress.restore_best(model)
    stopped = len(progress.epochs) < options.epochs
    return History(tuple(progress.epochs), progress.best, stopped)


def evaluate(model: Any, data: Dataset, task: str = "auto") -> dict[str, Scores]:
    """Loss and accuracy of a trained model on each part: train, validation and, if there, test.

    Args:
        model: compiled by `fit`.
        data: what it was trained on.
        task: `Options.task` of that training.
    """
    asked = _task.of(model, data, task)
    parts = {"train": data.train, "validation": data.validation}
    if data.test is not None:
        parts["test"] = data.test
    return {name: Loop.scores(model, part.x, asked.targets(part)) for name, part in parts.items()}


def _logs(epoch: Epoch) -> dict[str, float]:
    """An epoch as Keras' callbacks know it."""
    logs = {"loss": epoch.train.loss, "val_loss": epoch.validation.loss}
    if epoch.train.accuracy is not None and epoch.validation.accuracy is not None:
        logs |= {"accuracy": epoch.train.accuracy, "val_accuracy": epoch.validation.accuracy}
    return logs

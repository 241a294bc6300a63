"""Distillation: a small network learns from the answers of a large one.

After Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015
(arXiv:1503.02531): beside the true classes the student learns the teacher's probabilities, softened
by a temperature, since how wrong a wrong class is tells more than which one is right.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le

from edgekit.datasets import Dataset
from edgekit.errors import InputError, UnsupportedError
from edgekit.train import Events, History, Options, fit
from edgekit.train._task import Task
from edgekit.train._task import of as task_of

DESCRIPTION = "a smaller network that learns from the trained one"

_LEAST = 1e-7  # of a probability, before its logarithm


@dataclass(frozen=True, slots=True)
class DistillOptions:
    """How the student learns.

    Attributes:
        temperature: softens the answers of both: 1 leaves them, more makes them flatter.
        weight: how much the teacher counts, 0 to 1; the true classes count the rest.
        training: everything else.
    """

    temperature: Annotated[float, Gt(0.0), Le(100.0)] = 4.0
    weight: Annotated[float, Ge(0.0), Le(1.0)] = 0.7
    training: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True, eq=False)
class Student:
    """One trained student.

    Attributes:
        model: the Keras model, with the weights of its best epoch.
        seed: of its weights and of its training.
        history: its training.
    """

    model: Any
    seed: int
    history: History

    @property
    def accuracy(self) -> float:
        """On the validation samples, in the best epoch."""
        return self.history.epochs[self.history.best - 1].validation.accuracy or 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Students:
    """Students that differ in nothing but their seed.

    Attributes:
        each: in the order of the seeds.
    """

    each: tuple[Student, ...]

    @property
    def mean(self) -> float:
        """Of their accuracies on the validation samples."""
        return statistics.fmean(student.accuracy for student in self.each)

    @property
    def spread(self) -> float:
        """Standard deviation of their accuracies; 0 with a single one, which tells nothing."""
        return statistics.stdev(s.accuracy for s in self.each) if len(self.each) > 1 else 0.0

    @property
    def best(self) -> Student:
        """The one with the highest accuracy on the validation samples."""
        return max(self.each, key=lambda student: student.accuracy)


def distill_seeds(
    build: Callable[[int], Any],
    teacher: Any,
    data: Dataset,
    options: DistillOptions,
    seeds: Sequence[int],
    events: Events | None = None,
) -> Students:
    """Train the same student with several seeds, since one gain may be luck.

    Args:
        build: a seed -> the student, a new Keras model with weights of that seed.
        teacher: see `distill`.
        data: see `distill`.
        options: see `distill`; the seed in it is replaced.
        seeds: one or more.
        events: who is told.
    """
    if not seeds:
        raise InputError("no student without a seed", "give one or more seeds")
    trained = []
    for seed in seeds:
        student = build(seed)
        seeded = replace(options, training=replace(options.training, seed=seed))
        trained.append(Student(student, seed, distill(student, teacher, data, seeded, events)))
    return Students(tuple(trained))


def distill(
    student: Any,
    teacher: Any,
    data: Dataset,
    options: DistillOptions,
    events: Events | None = None,
) -> History:
    """Train a student in place; it ends with the best epoch's weights, as after `train.fit`.

    Args:
        student: a built Keras classifier, from scratch or trained before (e.g. a pruned one).
        teacher: a trained Keras model with the same input and as many outputs; not changed.
        data: the samples, with classes.
        options: see `DistillOptions`.
        events: who is told.

    Raises:
        InputError: the two models don't fit each other or the data.
        UnsupportedError: no classifier of two or more outputs.
    """
    task = task_of(student, data, options.training.task)
    if task.is_reconstruction or task.has_one_output:
        raise UnsupportedError(
            "distillation needs a classifier with one output per class",
            "give the student a softmax with two or more outputs",
        )
    if _shapes(teacher) != _shapes(student):
        raise InputError(
            "the teacher maps {} to {}, the student {} to {}".format(
                *_shapes(teacher), *_shapes(student)
            ),
            "give both the same input and the same classes",
        )
    learner = _learner(student, teacher, task, task_of(teacher, data), options)
    return fit(learner, data, options.training, events)


def _shapes(model: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(model.inputs[0].shape[1:]), tuple(model.outputs[0].shape[1:])


def _learner(student: Any, teacher: Any, task: Task, taught: Task, options: DistillOptions) -> Any:
    """The student's layers and weights in a model whose loss asks the teacher."""
    import keras
    from keras import ops

    degree, weight = options.temperature, options.weight

    def softened(outputs: Any, is_probability: bool) -> Any:
        logits = ops.log(ops.maximum(outputs, _LEAST)) if is_probability else outputs
        return ops.log_softmax(logits / degree)

    class Learner(keras.Model):  # type: ignore[misc]  # Keras has no types
        def compute_loss(
            self,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            hard = super().compute_loss(x, y, y_pred, sample_weight, training)
            if not training:  # in validation the true classes alone count
                return hard
            wanted = softened(ops.stop_gradient(teacher(x, training=False)), taught.is_probability)
            given = softened(y_pred, task.is_probability)
            # Cross-entropy less the teacher's own entropy; its gradient falls with the square of
            # the temperature.
            soft = ops.mean(ops.sum(ops.exp(wanted) * (wanted - given), axis=-1)) * degree**2
            return (1 - weight) * hard + weight * soft

    return Learner(student.inputs[0], student.outputs[0], name=student.name)

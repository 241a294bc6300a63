"""Tests for distillation: the loss is the formula's, and a student learns the teacher's answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgekit.compress import distillation
from edgekit.compress.distillation import DistillOptions, distill, distill_seeds
from edgekit.errors import InputError
from edgekit.train import fit
from tests.support.compression import LEARNING, levels, small_cnn
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


def test_the_loss_mixes_the_true_classes_with_the_softened_answers_of_the_teacher() -> None:
    data, student, teacher = levels(), small_cnn(seed=1), small_cnn(seed=2)
    options = DistillOptions(temperature=3.0, weight=0.25, training=LEARNING)
    task = distillation.task_of(student, data)
    learner = distillation._learner(student, teacher, task, task, options)
    learner.compile(loss=task.loss())
    x, y = data.train.x[:20], task.targets(data.train)[:20]
    p, q = np.array(student(x), np.float64), np.array(teacher(x), np.float64)

    def softened(probability: np.ndarray) -> np.ndarray:
        raised = probability ** (1 / 3.0)
        return raised / raised.sum(axis=1, keepdims=True)

    hard = -np.log((p * y).sum(axis=1)).mean()
    s, t = softened(p), softened(q)
    soft = 9.0 * (t * np.log(t / s)).sum(axis=1).mean()
    found = float(learner.compute_loss(x, y, student(x)))
    assert found == pytest.approx(0.75 * hard + 0.25 * soft, rel=1e-4)
    assert float(learner.compute_loss(x, y, student(x), training=False)) == pytest.approx(hard)


def test_a_student_learns_from_the_teacher_alone() -> None:
    data, teacher = levels(), small_cnn(16)
    fit(teacher, data, LEARNING)
    wrong = replace(data.train, y=(data.train.y + 1) % 3)  # weight 1: never looked at
    before = [np.array(w) for w in teacher.get_weights()]
    students = distill_seeds(
        lambda seed: small_cnn(4, seed),
        teacher,
        replace(data, train=wrong),
        DistillOptions(weight=1.0, training=LEARNING),
        [0, 1],
    )
    assert [student.seed for student in students.each] == [0, 1]
    assert students.mean > 0.9
    assert students.spread >= 0.0
    one, other = (np.concatenate([w.ravel() for w in s.model.get_weights()]) for s in students.each)
    assert not np.array_equal(one, other)
    for old, new in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_teacher_of_other_classes_is_refused() -> None:
    import keras

    inputs = keras.Input((8, 8, 2))
    teacher = keras.Model(inputs, keras.layers.Dense(5)(keras.layers.Flatten()(inputs)))
    with pytest.raises(InputError, match=r"the teacher maps \(8, 8, 2\) to \(5,\)"):
        distill(small_cnn(), teacher, levels(), DistillOptions())

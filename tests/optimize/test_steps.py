"""Tests for the order of the steps: each only where the ones before did not suffice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edgekit import ops, tflite
from edgekit.child import Told
from edgekit.kernels import Goal
from edgekit.optimize import Figures, Limits
from edgekit.optimize._steps import Steps, accuracy
from edgekit.train import fit
from tests.support.compression import LEARNING, levels, small_cnn
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


class _Board:
    """Latency by the MACs, times a factor once it is counted."""

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor

    def estimate(self, data: bytes) -> Figures:
        graph = tflite.read(data)
        macs = sum(ops.find(op.kind).macs(op, graph) for op in graph.ops)
        return Figures(float(macs), len(data), len(data), macs, False, macs, len(data), 1)

    def count(self, data: bytes, goal: Goal | None = None) -> Figures:
        """For size, weights of few values take a half."""
        found = self.estimate(data)
        flash = found.flash_bytes
        if goal is Goal.SIZE:
            weights = [t.data for t in tflite.read(data).tensors if t.data is not None]
            flash -= sum(w.size // 2 for w in weights if np.unique(w).size <= 16 < w.size)
        return replace(
            found, latency_us=found.latency_us * self._factor, flash_bytes=flash, counted=True
        )


@pytest.fixture(scope="module")
def trained() -> Any:
    model = small_cnn(16)
    fit(model, levels(), LEARNING)
    return model


def _steps(model: Any, limits: Limits, board: Any) -> Steps:
    return Steps(model, levels(), limits, board, replace(LEARNING, epochs=2), Told())


def test_int8_is_enough_where_it_meets_the_limits(trained: Any) -> None:
    steps = _steps(trained, Limits(latency_us=1e9), _Board())
    best = steps.run()
    assert [each.variant.name for each in steps.tried] == ["int8 PTQ"]
    assert best.variant.misses == {}
    assert steps.explain(best) == ()
    assert best.variant.accuracy == accuracy(best.tflite, levels().validation)


def test_weights_are_clustered_where_only_flash_lacks() -> None:
    model = small_cnn(64)
    fit(model, levels(), LEARNING)
    plain = _steps(model, Limits(), _Board()).run()
    needed = plain.variant.figures.flash_bytes
    steps = _steps(model, Limits(flash_bytes=needed - 400, drop=0.05), _Board())
    best = steps.run()
    names = ["int8 PTQ", "int8 PTQ, for size", "int8 PTQ, clustered, for size"]
    assert [each.variant.name for each in steps.tried] == names
    assert best.variant.misses == {}
    assert best.goal is Goal.SIZE
    assert len(best.tflite) == len(plain.tflite)


@pytest.mark.slow
def test_channels_go_until_the_counted_latency_meets_the_limit(trained: Any) -> None:
    board = _Board(factor=1.04)
    first = board.count(_steps(trained, Limits(), board)._ptq(trained))
    limits = Limits(latency_us=0.7 * first.latency_us, drop=1.0)
    steps = _steps(trained, limits, board)
    best = steps.run()
    assert best.variant.misses == {}
    assert best is steps.tried[-1]
    assert best.variant.name.startswith("pruned")
    assert best.variant.figures.latency_us <= 0.7 * first.latency_us
    assert best.model.count_params() < trained.count_params()


@pytest.mark.slow
def test_what_can_not_be_met_is_said_with_its_price(trained: Any) -> None:
    steps = _steps(trained, Limits(latency_us=1.0, drop=1.0), _Board())
    best = steps.run()
    said = steps.explain(best)
    assert said[0].startswith("not met: latency by ")
    assert said[1].startswith("within the accuracy, 'pruned' misses latency by ")
    assert said[2].startswith("what gives: 'pruned' comes closest, and meets --max-latency ")
    assert steps.notes == ["no channel is left that may go: the limits are out of reach"]

"""The steps in their order, each only where the ones before did not suffice.

Quantization costs nothing, so it comes first; training with its rounding next, where only accuracy
lacks; kernels for size, clustered weights and 4-bit weights where only flash lacks; channels go
where the board's limits lack; and what is left then is trained with the rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from edgekit import tflite
from edgekit.child import Told
from edgekit.compress import clustering
from edgekit.compress.clustering import ClusterOptions
from edgekit.compress.structured_pruning import Limit, PruneOptions, prune
from edgekit.convert._litert import LiteRt
from edgekit.datasets import Dataset, Samples
from edgekit.errors import UnsupportedError
from edgekit.ir import DType
from edgekit.ir.tensor import Array
from edgekit.kernels import Goal
from edgekit.models._freezing import freeze
from edgekit.ops._common import quant_of
from edgekit.ops.quantize import to_codes
from edgekit.optimize._board import Board
from edgekit.optimize._limits import Limits
from edgekit.optimize._result import Figures, Variant, enough, misses, told
from edgekit.quantize import Network, int8_ptq, qat
from edgekit.train import Options, fit

_CALIBRATION = 200
_LEARNED = 64  # samples from which clustered weights learn what the layers read
_GENTLE, _HARSH = 0.8, 0.5  # shares that a step of the pruning leaves, at most and at least
_PRUNE_STEPS = 6
_TIGHTER = 3  # times that pruning goes on after counting showed that the model was too kind


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A variant with what it is made of; `goal` where its kernels are not those asked for."""

    variant: Variant
    tflite: bytes
    model: Any
    goal: Goal | None = None


class Steps:
    """Tries one step after the other."""

    def __init__(
        self,
        model: Any,
        data: Dataset,
        limits: Limits,
        board: Board,
        training: Options,
        events: Told,
    ) -> None:
        self._model, self._data, self._limits, self._board = model, data, limits, board
        self._training, self._events = training, events
        self.tried: list[Tried] = []
        self.notes: list[str] = []
        answers = np.asarray(model.predict(data.validation.x, verbose=0))
        self.reference = _share(answers, data.validation)

    def run(self) -> Tried:
        """The first variant that meets every limit, or the one that comes closest."""
        ptq = self._add("int8 PTQ", self._model, self._ptq(self._model))
        if not ptq.variant.misses:
            return ptq
        lacks = set(ptq.variant.misses)
        if lacks == {"accuracy"}:
            self._qat("int8 QAT", self._model, 8)
        elif lacks <= {"flash", "accuracy"}:
            self._smaller_flash(ptq)
            if self._done() is None:
                self._qat("int4 QAT", self._model, 4)
        if self._done() is None and lacks != {"accuracy"}:
            self._prune()
        return self._done() or min(self.tried, key=self._distance)

    def explain(self, best: Tried) -> tuple[str, ...]:
        """What can't be met, and what it would cost."""
        missed = best.variant.misses
        if not missed:
            return ()
        lines = ["not met: " + ", ".join(told(name, by) for name, by in missed.items())]
        right = [t for t in self.tried if "accuracy" not in t.variant.misses]
        fits = [t for t in self.tried if set(t.variant.misses) <= {"accuracy"}]
        if fits:
            nearest = max(fits, key=lambda t: t.variant.accuracy).variant
            lost = 100 * (self.reference - nearest.accuracy)
            lines.append(f"within the board's limits, {nearest.name!r} loses {lost:.2f} points")
        if right and not (fits and len(missed) > 1):
            nearest = min(right, key=self._distance).variant
            by = ", ".join(told(name, each) for name, each in nearest.misses.items())
            lines.append(f"within the accuracy, {nearest.name!r} misses {by}")
        if not right:
            nearest = max(self.tried, key=lambda t: t.variant.accuracy).variant
            lost = 100 * (self.reference - nearest.accuracy)
            lines.append(f"the most accurate, {nearest.name!r}, loses {lost:.2f} points")
        met = enough(best.variant, self.reference)
        lines.append(f"what gives: {best.variant.name!r} comes closest, and meets {met}")
        return tuple(lines)

    def _done(self) -> Tried | None:
        return next((each for each in self.tried if not each.variant.misses), None)

    def _distance(self, each: Tried) -> float:
        """How far a variant is from the limits: the sum of the shares that it misses them by."""
        limits, found = self._limits, each.variant.misses
        scales = {
            "latency": limits.latency_us,
            "RAM": limits.ram_bytes,
            "flash": limits.flash_bytes,
            "accuracy": max(limits.drop, 0.01),
        }
        return sum(by / float(scales[name] or 1.0) for name, by in found.items())

    def _smaller_flash(self, ptq: Tried) -> None:
        """What takes less flash and needs no training."""
        found = self._add("int8 PTQ, for size", ptq.model, ptq.tflite, Goal.SIZE)
        if not set(found.variant.misses) & {"flash"}:
            return
        self._events.stage("clustering the weights")
        spare = self._limits.drop - (self.reference - ptq.variant.accuracy)
        try:
            made = clustering.cluster(
                ptq.tflite,
                ClusterOptions(max_drop=max(spare, 0.0)),
                lambda tried: accuracy(tried, self._data.validation),
                _as_taken(ptq.tflite, self._few(_LEARNED)),
            )
        except UnsupportedError as error:
            self.notes.append(f"clustering was left out: {error.message}")
            return
        self._add("int8 PTQ, clustered, for size", ptq.model, made.tflite, Goal.SIZE)

    def _prune(self) -> None:
        model, tighter = self._model, 1.0
        for turn in range(_TIGHTER):
            known: dict[int, Figures] = {}
            limits = self._prune_limits(known, tighter)
            longer = replace(self._training, epochs=3 * self._training.epochs)
            options = PruneOptions(limits, rate=self._rate(), training=self._training, last=longer)
            try:
                pruned = prune(model, self._data, options, self._events)
            except UnsupportedError as error:
                self.notes.append(error.message)
                return
            model = pruned.model
            name = "pruned" if turn == 0 else f"pruned, turn {turn + 1}"
            found = self._add(name, model, self._ptq(model))
            if set(found.variant.misses) <= {"accuracy"} or not pruned.reached:
                break
            tighter *= 0.95
        if not pruned.reached:
            self.notes.append("no channel is left that may go: the limits are out of reach")
        if "accuracy" in found.variant.misses:
            self._qat(f"{name}, int8 QAT", model, 8)

    def _rate(self) -> float:
        """What each step leaves, so that about six reach what is farthest away."""
        figures, limits = self.tried[-1].variant.figures, self._limits
        shares = (
            (limits.latency_us or math.inf) / figures.latency_us,
            (limits.ram_bytes or math.inf) / figures.ram_bytes,
            (limits.flash_bytes or math.inf) / figures.flash_bytes,
        )
        share = float(min(shares)) ** (1.0 / _PRUNE_STEPS)
        return float(min(_GENTLE, max(_HARSH, share)))

    def _prune_limits(self, known: dict[int, Figures], tighter: float) -> tuple[Limit, ...]:
        def figures(model: Any) -> Figures:
            if id(model) not in known:
                known.clear()
                known[id(model)] = self._board.estimate(self._ptq(model))
            return known[id(model)]

        def limit(
            name: str,
            most: float | None,
            steer: Literal["macs", "parameters", "peak"],
            value: Callable[[Figures], float],
        ) -> list[Limit]:
            if most is None:
                return []
            return [Limit(name, most * tighter, steer, lambda model: value(figures(model)))]

        limits = self._limits
        return (
            *limit("latency (us)", limits.latency_us, "macs", lambda f: f.latency_us),
            *limit("RAM", limits.ram_bytes, "peak", lambda f: f.ram_bytes),
            *limit("flash", limits.flash_bytes, "parameters", lambda f: f.flash_bytes),
        )

    def _qat(self, name: str, model: Any, bits: int) -> None:
        self._events.stage(f"training with {bits}-bit weights' rounding")
        try:
            prepared = qat.prepare(model, weight_bits=bits)
            qat.calibrate(prepared, self._data.train.x[:_CALIBRATION])
            training = replace(
                self._training,
                epochs=2 * self._training.epochs,
                learning_rate=self._training.learning_rate / 2,
            )
            fit(prepared, self._data, training, self._events)
            self._add(name, model, qat.convert(prepared))
        except UnsupportedError as error:
            self.notes.append(f"{name} was left out: {error.message}")

    def _ptq(self, model: Any) -> bytes:
        shape = (1, *model.inputs[0].shape[1:])
        function = freeze(lambda x: model(x, training=False), shape)
        return int8_ptq.quantize(Network(function, self._few(_CALIBRATION)))

    def _few(self, most: int) -> Array:
        """So many training samples, evenly spread."""
        few = np.linspace(0, len(self._data.train) - 1, min(most, len(self._data.train)))
        return np.asarray(self._data.train.x[few.astype(int)])

    def _add(self, name: str, model: Any, tflite: bytes, goal: Goal | None = None) -> Tried:
        self._events.stage(f"measuring {name!r} on the board")
        figures = self._board.count(tflite, goal)
        right = accuracy(tflite, self._data.validation)
        missed = misses(figures, right, self.reference, self._limits)
        made = Tried(Variant(name, figures, right, missed), tflite, model, goal)
        self.tried.append(made)
        return made


def _as_taken(model: bytes, samples: Array) -> list[Array]:
    """Samples as an int8 model takes them; none where it takes floats."""
    graph = tflite.read(model)
    taken = graph.tensors[graph.inputs[0]]
    if taken.dtype is not DType.INT8:
        return []
    quant = quant_of(taken)
    return list(to_codes(samples, quant.scale, quant.zero_point))


def accuracy(tflite: bytes, samples: Samples) -> float:
    """Share of the samples for which the int8 model, on the reference kernels, is right."""
    run = LiteRt(tflite)
    return _share(np.stack([run.invoke_real(x[None])[0] for x in samples.x]), samples)


def _share(answers: Any, samples: Samples) -> float:
    if answers.shape[-1] == 1:  # a yes above a half; int8 sigmoids have their half at 0
        half = 0 if answers.dtype == np.int8 else 0.5
        return float(((answers[:, 0] > half) == samples.y).mean())
    return float((answers.argmax(axis=-1) == samples.y).mean())

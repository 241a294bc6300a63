"""Structured pruning: leaves out whole channels, those that matter least, a few at a time.

After each step the network is trained on with what is left. The result is an ordinary, smaller
Keras model: nothing has to know that it was pruned, and every figure of it falls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from edgekit.compress import _costs
from edgekit.compress._channels import Channels, find
from edgekit.compress._costs import Costs
from edgekit.compress._importance import importance
from edgekit.compress._rebuild import rebuild
from edgekit.datasets import Dataset
from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.train import Events, Options, fit
from edgekit.train._history import Silent
from edgekit.train._task import of as task_of

DESCRIPTION = "leaves out whole channels: smaller, faster, less RAM"

_SAMPLES = 1024  # that the importance is measured on


@dataclass(frozen=True, slots=True)
class Limit:
    """What the network is to be pruned to.

    Attributes:
        name: in words, e.g. "latency".
        most: the value that must not be exceeded.
        steer: the figure of `Costs` whose fall makes the value fall.
        measure: a Keras model -> its value; None takes that figure itself.
    """

    name: str
    most: float
    steer: Literal["macs", "parameters", "peak"]
    measure: Callable[[Any], float] | None = None


@dataclass(frozen=True, slots=True)
class PruneOptions:
    """How the channels go.

    Attributes:
        limits: to be met, all of them.
        rate: the share of a figure that a step leaves at least.
        training: between the steps.
        last: after the last step; None leaves it at `training`.
        least: the share of a layer's channels that always stays.
        block: so many channels of a wide layer go at once, which kernels like; layers of fewer
            than 32 lose half as many, of fewer than 8 one.
    """

    limits: tuple[Limit, ...]
    rate: float = 0.8
    training: Options = field(default_factory=lambda: Options(epochs=2, learning_rate=5e-4))
    last: Options | None = None
    least: float = 0.1
    block: int = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A network on its way.

    Attributes:
        costs: of the network.
        values: of each limit, in their order.
        accuracy: on the validation samples, after the step's training; None in a reconstruction,
            and before the first step.
        loss: the same.
    """

    costs: Costs
    values: tuple[float, ...]
    accuracy: float | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pruned:
    """What became of a network.

    Attributes:
        model: the pruned Keras model.
        steps: from the network as it was to the last one.
        reached: whether every limit is met.
    """

    model: Any
    steps: tuple[Step, ...]
    reached: bool


def prune(model: Any, data: Dataset, options: PruneOptions, events: Events | None = None) -> Pruned:
    """Prune a trained network until the limits are met or no channel may go any more.

    Args:
        model: a trained functional or sequential Keras 3 model; stays as it is.
        data: to measure the importance on and to train with.
        options: see `PruneOptions`.
        events: who is told.

    Raises:
        UnsupportedError: a subclassed model, or one without a channel that could go.
        InputError: the data don't fit the model.
    """
    events = events or Silent()
    channels = find(model)
    if not channels.families:
        raise UnsupportedError(
            f"{model.name!r} has no channel that could be left out",
            "pruning needs at least two layers that mix channels, one behind the other",
        )
    model = rebuild(model, channels, np.ones(len(channels.fixed), bool))  # nested models opened
    whole = {i: len(f) for i, f in enumerate(find(model).families)}
    steps = [_step(model, options.limits)]
    while not _met(steps[-1], options.limits):
        events.stage(f"pruning, step {len(steps)}: {_told(steps[-1], options.limits)}")
        narrower = _narrowed(model, data, options, steps[-1], whole)
        if narrower is None:
            break
        model = narrower
        now = _step(model, options.limits)
        is_last = options.last is not None and _met(now, options.limits)
        training = options.last if is_last and options.last else options.training
        history = fit(model, data, replace(training, seed=training.seed + len(steps)), events)
        best = history.epochs[history.best - 1].validation
        steps.append(replace(now, accuracy=best.accuracy, loss=best.loss))
    return Pruned(model, tuple(steps), _met(steps[-1], options.limits))


def costs_of(model: Any) -> Costs:
    """What a functional or sequential Keras 3 model costs, before anything is converted."""
    channels = find(model)
    return _costs.costs(channels, np.ones(len(channels.fixed), bool))


def _step(model: Any, limits: Sequence[Limit]) -> Step:
    costs = costs_of(model)
    values = tuple(
        float(getattr(costs, each.steer)) if each.measure is None else each.measure(model)
        for each in limits
    )
    return Step(costs, values)


def _met(step: Step, limits: Sequence[Limit]) -> bool:
    return all(value <= each.most for value, each in zip(step.values, limits, strict=True))


def _told(step: Step, limits: Sequence[Limit]) -> str:
    pairs = zip(limits, step.values, strict=True)
    return ", ".join(f"{each.name} {value:,.4g} of {each.most:,.4g}" for each, value in pairs)


def _narrowed(
    model: Any, data: Dataset, options: PruneOptions, now: Step, whole: dict[int, int]
) -> Any | None:
    """The model without the channels of one step; None where none may go."""
    channels = find(model)
    task = task_of(model, data)
    chosen = np.linspace(0, len(data.train) - 1, min(_SAMPLES, len(data.train))).astype(int)
    few = data.train.take(chosen)
    matters = importance(model, channels, few.x, task.targets(few), task.loss())
    goals: dict[str, float] = {}
    for limit, value in zip(options.limits, now.values, strict=True):
        if value > limit.most:
            # What the value is made of beside the figure does not fall with it: a little less.
            share = max(options.rate, 0.99 * limit.most / value)
            goals[limit.steer] = share * getattr(now.costs, limit.steer)
    chooser = _Chooser(channels, matters, goals, options, whole)
    keep = chooser.choose()
    return None if keep.all() else rebuild(model, channels, keep)


class _Chooser:
    """Chooses the channels of a step: least importance for what they save, one block at a time."""

    def __init__(
        self,
        channels: Channels,
        matters: Array,
        goals: dict[str, float],
        options: PruneOptions,
        whole: dict[int, int],
    ) -> None:
        self._channels, self._matters, self._goals = channels, matters, goals
        self._keep = np.ones(len(channels.fixed), bool)
        self._now = _costs.costs(channels, self._keep)
        # A family may lose half of what it has in a step, and never falls below its least.
        self._least = [
            max(len(f) // 2, round(options.least * whole.get(i, len(f))), 1)
            for i, f in enumerate(channels.families)
        ]
        self._sizes = [_block(len(f), options.block) for f in channels.families]

    def choose(self) -> Array:
        """By a channel's number, whether it stays."""
        while any(getattr(self._now, name) > goal for name, goal in self._goals.items()):
            found = [self._candidate(i) for i in range(len(self._channels.families))]
            best = min((c for c in found if c is not None), key=lambda c: c[0], default=None)
            if best is None:
                break
            self._keep[best[1]] = False
            self._now = _costs.costs(self._channels, self._keep)
        return self._keep

    def _candidate(self, index: int) -> tuple[float, Array] | None:
        """What a family's least important block costs for what it saves."""
        family = self._channels.families[index]
        left = family[self._keep[family]]
        size = self._sizes[index]
        if len(left) - size < self._least[index]:
            return None
        order = np.argsort(self._matters[left], kind="stable")
        block = left[order[:size]]
        without = self._keep.copy()
        without[block] = False
        after = _costs.costs(self._channels, without)
        saved = 0.0
        for name, goal in self._goals.items():
            now = getattr(self._now, name)
            if now > goal:
                saved += (now - getattr(after, name)) / now
        return (float(self._matters[block].sum()) / saved, block) if saved > 0 else None


def _block(count: int, widest: int) -> int:
    if count >= 32:
        return widest
    return max(1, widest // 2) if count >= 8 else 1

"""The figures of benchmarks, and what counts as worse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A figure may get worse by this share: the counter's granularity, not code.
TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Layer:
    """An op as it was executed.

    Attributes:
        op: TFLite's name of the operator.
        kernel: the C function that computes it.
        outputs: elements of its output.
        macs: multiplications, without the channels that are left out.
        instructions: counted.
        cycles: estimated, by the core's own model; None where it has none.
    """

    op: str
    kernel: str
    outputs: int
    macs: int
    instructions: int
    cycles: int | None

    @property
    def floor(self) -> float | None:
        """The fewest instructions with two products an instruction and loads that cost nothing.

        Three instructions finish an output: multiply, saturate, store. A depthwise convolution's
        taps are paired within one output. None for ops without products.
        """
        if not self.macs:
            return None
        if self.op == "DEPTHWISE_CONV_2D":
            taps = self.macs / self.outputs
            return self.outputs * (-(-taps // 2) + 3)
        return self.macs / 2 + 3 * self.outputs


@dataclass(frozen=True, slots=True)
class Figures:
    """One model on one board.

    Attributes:
        goal: what `--optimize` was.
        macs: the model's own.
        executed_macs: those that are left.
        instructions: of one inference.
        cycles: (title of the cycle model, estimate), the core's own first.
        arena_bytes: input and output included.
        stack_bytes: of one inference.
        flash_bytes: the whole image, console included.
        weights_bytes: the constants in it.
        layers: may be empty.
    """

    model: str
    board: str
    core: str
    goal: str
    macs: int
    executed_macs: int
    instructions: int
    cycles: tuple[tuple[str, int], ...]
    arena_bytes: int
    stack_bytes: int
    flash_bytes: int
    weights_bytes: int
    layers: tuple[Layer, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is a figure of."""
        return self.model, self.board, self.goal

    @property
    def title(self) -> str:
        """The same for people."""
        return f"{self.model} on {self.board}, {self.goal}"

    @property
    def cycles_estimate(self) -> int | None:
        """By the core's own model, None where it has none."""
        return self.cycles[0][1] if self.cycles else None

    @classmethod
    def of(cls, data: dict[str, Any]) -> Figures:
        """From plain data."""
        layers = tuple(Layer(**layer) for layer in data["layers"])
        cycles = tuple((str(title), int(count)) for title, count in data["cycles"])
        return cls(**{**data, "layers": layers, "cycles": cycles})


def worse(old: Figures, new: Figures) -> list[str]:
    """A line for every figure that got worse by more than the tolerance."""
    pairs = [
        (name, getattr(old, name), getattr(new, name))
        for name in ("instructions", "arena_bytes", "stack_bytes", "flash_bytes")
    ]
    now = dict(new.cycles)
    pairs += [(f"cycles ({t})", count, now[t]) for t, count in old.cycles if t in now]
    return [
        f"{new.title}: {name} {after:,}, {100 * (after / before - 1):.1f} % more than {before:,}"
        for name, before, after in pairs
        if after > before * (1 + TOLERANCE)
    ]


@dataclass(frozen=True, slots=True)
class Goal:
    """What we want to reach.

    Attributes:
        figure: the name of a figure.
        core: on this core.
        optimize: by the best of these `--optimize`.
        at_most: for each model; None where nothing is set.
    """

    figure: str
    core: str
    optimize: tuple[str, ...]
    at_most: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What another engine needs, by figure, core and model; and our goals for the same models."""

    what: str
    models: tuple[str, ...]
    goals: tuple[Goal, ...]
    figures: dict[str, dict[str, list[int]]]

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """From baseline.json."""
        data = json.loads(path.read_text(encoding="utf-8"))
        what, models = data.pop("what"), tuple(data.pop("models"))
        goals = tuple(
            Goal(g["figure"], g["core"], tuple(g["optimize"]), tuple(g["at_most"]))
            for g in data.pop("goals")
        )
        return cls(what, models, goals, data)

    def find(self, figure: str, core: str, model: str) -> int | None:
        """One of its figures, None where there is none."""
        values = self.figures.get(figure, {}).get(core)
        if values is None or model not in self.models:
            return None
        return values[self.models.index(model)]

    def cores(self) -> list[str]:
        """Those with instructions, in the file's order."""
        return list(self.figures["instructions"])

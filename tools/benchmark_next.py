"""What would be next: where instructions are above their floor, and what could take them away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmark_figures import Figures

_TEXTS = json.loads(Path(__file__).with_suffix(".json").read_text())
#: The beginning of a kernel's name -> what is above the floor there, and what would be next.
KERNELS: tuple[tuple[str, str], ...] = tuple((k["begins"], k["text"]) for k in _TEXTS["kernels"])
#: Core, instructions per MAC of the best inner loop that was found for it, loads included, and what
#: the rest is.
CORES: tuple[tuple[str, float, str], ...] = tuple(
    (c["core"], c["inner_loop"], c["text"]) for c in _TEXTS["cores"]
)

#: Kernels of a model that are listed.
_MOST = 3


def rest_of_models(figures: Sequence[Figures]) -> list[list[str]]:
    """Rows: model, kernel, its instructions and those above the floor in percent, what next."""
    rows = []
    for figure in figures:
        found: dict[str, list[float]] = {}
        for layer in figure.layers:
            name = next((k for k, _ in KERNELS if layer.kernel.startswith(k)), None)
            if layer.floor is None or name is None or "+" in layer.op:
                continue
            sums = found.setdefault(name, [0.0, 0.0])
            sums[0] += layer.instructions
            sums[1] += layer.instructions - layer.floor
        worst = sorted(found.items(), key=lambda each: -each[1][1])[:_MOST]
        rows += [
            [
                figure.model,
                f"`{name}`",
                f"{100 * spent / figure.instructions:.1f} %",
                f"{100 * above / figure.instructions:.1f} %",
                dict(KERNELS)[name],
            ]
            for name, (spent, above) in worst
            if above > 0.01 * figure.instructions
        ]
    return rows


def rest_of_cores(figures: Sequence[Figures], models: Sequence[str]) -> list[list[str]]:
    """Rows: core, its best inner loop, each model's instructions per executed MAC, what next."""
    rows = []
    for core, loop, text in CORES:
        own = {f.model: f for f in figures if f.core == core}
        cells = [
            f"{own[m].instructions / own[m].executed_macs:.2f}" if m in own else "-" for m in models
        ]
        if own:
            rows.append([core, f"{loop:g}", *cells, text])
    return rows

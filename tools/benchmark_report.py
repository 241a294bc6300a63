"""docs/benchmarks.md and its picture, from figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmark_figures import Baseline, Figures
from benchmark_next import rest_of_cores, rest_of_models

BALANCED = "balanced"
INTRO = """# Benchmarks

Made by `make bench`: every int8 model of the corpus on every emulated board that it fits, built
with the default options. A figure stands here only if every operator's output equalled the oracles'
for two inputs. `make bench-check` measures a subset again and fails when a figure is more than 1 %
worse than what docs/benchmarks.json has.

**Instructions** are counted in the emulator and are no latency. **Cycles** are an estimate from the
mix of executed instructions, without wait states ([cycle-model.md](cycle-model.md)). **Arena**
includes the input and the output. **Flash** is the whole image with the console: model, code,
start-up.
"""


def markdown(
    figures: Sequence[Figures],
    left_out: Sequence[tuple[str, str, str, str]],
    baseline: Baseline,
    reference: str,
) -> str:
    """The whole document.

    Args:
        figures: of every model, board and goal.
        left_out: (model, board, goal, reason) of what has no figures.
        baseline: another engine's.
        reference: the board whose layers are looked at.
    """
    balanced = [f for f in figures if f.goal == BALANCED]
    here = [f for f in balanced if f.board == reference]
    parts = [
        INTRO,
        _comparison(balanced, baseline),
        _reference(here, baseline, reference),
        _reached(figures, baseline),
        _optimized([f for f in figures if f.board == reference], reference),
        _boards(balanced),
        _next(balanced, [f for f in here if f.model in baseline.models], baseline),
        _layers(here),
        _left_out(left_out),
    ]
    return "\n".join(part for part in parts if part)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A Markdown table whose columns behind the first `texts` are numbers."""
    line = ["---"] * texts + ["--:"] * (len(header) - texts)
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, line, *rows)) + "\n"


def number(value: float | None) -> str:
    """With thousands' separators, `-` where there is none."""
    return "-" if value is None else f"{value:,.0f}"


def ratio(ours: int | None, theirs: int | None) -> str:
    """Ours over theirs."""
    return "-" if ours is None or not theirs else f"{ours / theirs:.2f}"


def _one_per_core(figures: Sequence[Figures]) -> dict[tuple[str, str], Figures]:
    """By core and model; boards of one core differ in a few instructions at most."""
    return {(f.core, f.model): f for f in sorted(figures, key=lambda f: f.instructions)[::-1]}


def _comparison(figures: Sequence[Figures], baseline: Baseline) -> str:
    """Instructions of one inference on every core, and their ratio to the other engine's."""
    by_core = _one_per_core(figures)
    cores = baseline.cores() + sorted({f.core for f in figures} - set(baseline.cores()))
    models = [m for m in baseline.models if any(f.model == m for f in figures)]
    rows = []
    for core in cores:
        cells = [core]
        for model in models:
            found = by_core.get((core, model))
            theirs = baseline.find("instructions", core, model)
            share = ratio(found.instructions if found else None, theirs)
            text = number(found.instructions if found else None)
            cells.append(text if share == "-" else f"{text} (**{share}**)")
        rows.append(cells)
    return (
        "\n## Instructions by core, and the ratio to TFLite Micro with CMSIS-NN\n\n"
        + table(["core", *models], rows)
        + f"\nCompared with: {baseline.what}\n\n"
        "![Instructions, ours and TFLite Micro's with CMSIS-NN](benchmarks.svg)\n"
    )


def _reference(figures: Sequence[Figures], baseline: Baseline, board: str) -> str:
    """Everything on the reference board, with ratios."""
    rows = []
    for f in figures:
        if f.model not in baseline.models:
            continue
        values = (
            ("instructions", f.instructions),
            ("cycles_estimate", f.cycles_estimate),
            ("arena_bytes", f.arena_bytes),
            ("stack_bytes", f.stack_bytes),
            ("flash_bytes", f.flash_bytes),
        )
        cells = [f.model, number(f.macs), number(f.executed_macs)]
        for name, ours in values:
            theirs = baseline.find(name, f.core, f.model)
            cells.append(f"{number(ours)} (**{ratio(ours, theirs)}**)")
        rows.append(cells)
    header = ["model", "MACs", "executed", "instructions", "cycles, estimate"]
    header += ["arena, bytes", "stack, bytes", "flash, bytes"]
    return f"\n## All figures on {board}, with ratios\n\n" + table(header, rows)


def _reached(figures: Sequence[Figures], baseline: Baseline) -> str:
    """Our goals, and whether they are reached."""
    rows = []
    for goal in baseline.goals:
        cells = [goal.core, goal.figure.replace("_", " "), " or ".join(goal.optimize)]
        for model, limit in zip(baseline.models, goal.at_most, strict=True):
            values = [
                getattr(f, goal.figure)
                for f in figures
                if (f.core, f.model) == (goal.core, model) and f.goal in goal.optimize
            ]
            best = min((v for v in values if v is not None), default=None)
            if limit is None or best is None:
                cells.append("-")
            else:
                share = f"{best / limit:.2f}"
                cells.append(f"{number(best)} ({share if best <= limit else f'**{share}**'})")
        rows.append(cells)
    header = ["core", "figure", "`--optimize`", *baseline.models]
    return (
        "\n## Goals\n\nEach figure with its ratio to the goal that was set before the kernels were "
        "written; bold where it is missed.\n\n" + table(header, rows, texts=3)
    )


def _optimized(figures: Sequence[Figures], board: str) -> str:
    """What `--optimize` changes."""
    rows = [
        [
            f.model,
            f.goal,
            number(f.instructions),
            number(f.cycles_estimate),
            number(f.arena_bytes),
            number(f.flash_bytes),
        ]
        for f in figures
    ]
    header = ["model", "`--optimize`", "instructions", "cycles, estimate", "arena", "flash"]
    return f"\n## What `--optimize` changes on {board}\n\n" + table(header, rows, texts=2)


def _boards(figures: Sequence[Figures]) -> str:
    """Every board and model."""
    rows = [
        [
            f.board,
            f.model,
            number(f.instructions),
            "; ".join(f"{title} {number(count)}" for title, count in f.cycles) or "-",
            number(f.arena_bytes),
            number(f.stack_bytes),
            number(f.flash_bytes),
        ]
        for f in sorted(figures, key=lambda f: (f.board, f.model))
    ]
    header = ["board", "model", "instructions", "cycles, estimate", "arena", "stack", "flash"]
    return "\n## Every board\n\n" + table(header, rows, texts=2)


def _excess(figures: Sequence[Figures], count: int = 12) -> str:
    """The layers that are furthest above their floor: what would be next."""
    found = [
        (layer.instructions - layer.floor, figure, index, layer)
        for figure in figures
        for index, layer in enumerate(figure.layers)
        if layer.floor is not None
    ]
    worst = sorted(found, key=lambda each: -each[0] / each[1].instructions)[:count]
    rows = [
        [
            f"{figure.model}, op {index}",
            layer.op,
            number(layer.instructions),
            number(layer.floor),
            f"{100 * above / figure.instructions:.1f} %",
        ]
        for above, figure, index, layer in worst
    ]
    if not rows:
        return ""
    header = ["layer", "kind", "instructions", "floor", "above the floor, share of the model"]
    return (
        "\nThe layers with the most instructions above the floor, by their share of the whole "
        "inference. A Winograd layer can be below it; the floor of layers that run together is "
        "that of a convolution, so that they stand here too high.\n\n"
        + table(header, rows, texts=2)
    )


def _next(balanced: Sequence[Figures], here: Sequence[Figures], baseline: Baseline) -> str:
    """What would be next, by core, by model and by layer."""
    layers = _excess(here)
    if not layers:
        return ""
    models = [m for m in baseline.models if any(f.model == m for f in balanced)]
    cores = rest_of_cores(balanced, models)
    text = "\n## What would be next\n\n"
    if cores:
        text += (
            "By core: instructions per MAC that is executed, beside those of the best inner loop "
            "that was found for it, in which all registers are used and requantization does not "
            "count.\n\n"
            + _texts_last(table(["core", "inner loop", *models, "the rest"], cores))
            + "\n"
        )
    kernels = rest_of_models(here)
    if kernels:
        header = ["model", "kernel", "share", "above the floor", "what is there, and what next"]
        text += "By model, on the reference board: shares of its instructions.\n\n" + _texts_last(
            table(header, kernels, texts=2)
        )
    return text + layers


def _texts_last(made: str) -> str:
    """A table whose last column is text."""
    first, line, rest = made.split("\n", 2)
    return "\n".join((first, line.removesuffix("--: |") + "--- |", rest))


def _layers(figures: Sequence[Figures]) -> str:
    """Where each model's instructions go."""
    text = (
        "\n## Where the remaining instructions go\n\nThe floor is half an instruction per product, "
        "two in each SMLAD, and three per output, for requantizing, saturating and storing; loads "
        "are not in it. A depthwise layer's floor pairs the taps of each output. MACs are those "
        "that are executed.\n"
    )
    header = [
        "op",
        "kind",
        "kernel",
        "MACs",
        "instructions",
        "share",
        "per MAC",
        "floor",
        "x floor",
    ]
    for figure in figures:
        rows = []
        for index, layer in enumerate(figure.layers):
            floor = layer.floor
            rows.append(
                [
                    str(index),
                    layer.op,
                    f"`{layer.kernel}`" if layer.kernel else "-",
                    number(layer.macs or None),
                    number(layer.instructions),
                    f"{100 * layer.instructions / figure.instructions:.1f} %",
                    f"{layer.instructions / layer.macs:.3f}" if layer.macs else "-",
                    number(floor),
                    f"{layer.instructions / floor:.2f}" if floor else "-",
                ]
            )
        text += f"\n### {figure.model}\n\n" + table(header, rows, texts=3)
    return text if figures else ""


def _left_out(left_out: Sequence[tuple[str, str, str, str]]) -> str:
    """What has no figures, and why."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for model, board, goal, reason in left_out:
        name = model if goal == BALANCED else f"{model} ({goal})"
        by_reason.setdefault((board, reason), []).append(name)
    rows = [[board, ", ".join(names), why] for (board, why), names in sorted(by_reason.items())]
    if not rows:
        return ""
    return "\n## Without figures\n\n" + table(["board", "models", "why"], rows, texts=3)


def plot(figures: Sequence[Figures], baseline: Baseline, path: Path) -> None:
    """Bars: instructions per multiplication, ours beside the other engine's, a panel a core.

    The same figures give the same bytes.
    """
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "edgekit"
    from matplotlib import pyplot as plt

    by_core = _one_per_core([f for f in figures if f.goal == BALANCED])
    cores = [c for c in baseline.cores() if any(key[0] == c for key in by_core)]
    if not cores:
        return
    panels, axes = plt.subplots(1, len(cores), figsize=(3.0 * len(cores), 3.4), squeeze=False)
    for axis, core in zip(axes[0], cores, strict=True):
        models = [m for m in baseline.models if (core, m) in by_core]
        found = [by_core[core, m] for m in models]
        theirs = [baseline.find("instructions", core, f.model) or 0 for f in found]
        places = range(len(models))
        axis.bar([x - 0.2 for x in places], _per_mac(theirs, found), 0.4, color="#b0b0b0")
        ours = [f.instructions for f in found]
        axis.bar([x + 0.2 for x in places], _per_mac(ours, found), 0.4, color="#1f77b4")
        axis.set_title(core, fontsize=9)
        names = [m.removesuffix("_int8").removesuffix("_ref_model") for m in models]
        axis.set_xticks(list(places), names, rotation=60, fontsize=7)
        axis.tick_params(axis="y", labelsize=7)
    axes[0][0].set_ylabel("instructions per MAC of the model", fontsize=8)
    panels.legend(["TFLite Micro with CMSIS-NN", "edgekit"], loc="upper right", fontsize=7, ncol=2)
    panels.tight_layout(rect=(0, 0, 1, 0.94))
    panels.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(panels)


def _per_mac(instructions: Sequence[int], figures: Sequence[Figures]) -> list[float]:
    return [count / f.macs for count, f in zip(instructions, figures, strict=True)]

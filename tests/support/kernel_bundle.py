"""Many generated one-op models with recorded inputs and outputs, as one firmware project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import builder, kernels, layout, ops, registry, streaming
from edgekit.compiler import Compiled, LayOut, Select, Stream, compile_graph
from edgekit.errors import EdgekitError
from edgekit.ir import Graph, Op
from edgekit.kernels import Goal, Variant
from edgekit.ops import KernelChoice
from edgekit.oracles import numpy_reference
from edgekit.targets import Target
from tests.support.cases import Case, build_graph, sample_inputs

Selections = Callable[[Graph, Target], Iterator[Select]]
Spec = dict[str, Any]

# All of the console that the startup code needs: to tell of a fault.
_FAULT_TEXT = ("harness/ek_text.c", "harness/ek_divide.c")
# Models that are compiled as one file.
_TOGETHER = 16

KERNELS = Path(__file__).parents[1] / "kernels"


def every_variant(source: Graph, target: Target) -> Iterator[Select]:
    """One selection per kernel that computes a one-op graph on a target."""
    found = 1
    number = 0
    while number < found:

        def select(op: Op, graph: Graph, target: Target, goal: Goal, number: int = number):
            nonlocal found
            candidates = _candidates(op, graph, target)
            found = max(found, len(candidates))
            return candidates[number % len(candidates)]

        yield select
        number += 1


def _candidates(op: Op, graph: Graph, target: Target) -> list[KernelChoice]:
    """Every kernel, and the same with weights as codes, whole and in two parts."""
    plain = kernels.candidates(op, graph, target)
    coded = [kernels.coded(each, parts=parts) for each in plain for parts in (1, 2)]
    return plain + [each for each in coded if each is not None]


def beyond(*earlier: Target) -> Selections:
    """One selection per kernel that no earlier target has for the op: those are tested there."""

    def selections(source: Graph, target: Target) -> Iterator[Select]:
        (op,) = source.ops
        known = {c.function for t in earlier for c in kernels.candidates(op, source, t)}
        found = _candidates(op, source, target)
        for number in [i for i, each in enumerate(found) if each.function not in known]:

            def select(op: Op, graph: Graph, target: Target, _: Goal, number: int = number):
                return _candidates(op, graph, target)[number]

            yield select

    return selections


def only(variant: str) -> Selections:
    """One selection: this variant, where the passes leave a layer that it serves."""
    module: Variant = registry.load("edgekit.kernels", variant)  # type: ignore[assignment]

    def select(op: Op, graph: Graph, target: Target, goal: Goal) -> KernelChoice:
        return module.choose(op, graph, target) or kernels.portable(op, graph, target)

    def selections(source: Graph, target: Target) -> Iterator[Select]:
        yield select

    return selections


def served(variant: str, draw: Callable[[], Spec], target: Target, count: int) -> list[Case]:
    """Random layers that a variant serves.

    Args:
        variant: a module of edgekit.kernels.
        draw: gives a random layer, as cases.toml describes one.
        target: the board.
        count: of layers. A tenth of those that are drawn have to be served.
    """
    module: Variant = registry.load("edgekit.kernels", variant)  # type: ignore[assignment]
    op = module.OP.lower()
    found: list[Case] = []
    for number in range(10 * count):
        try:
            graph = build_graph(op, {"name": f"random_{number}", **draw()})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit
            continue
        if module.choose(graph.ops[0], graph, target) is not None:
            found.append(Case(op, f"random_{number}", graph))
        if len(found) == count:
            return found
    raise AssertionError(f"{variant} serves only {len(found)} layers of {10 * count}")


def each_by_its_own(found: Mapping[str, Sequence[Case]]) -> tuple[list[Case], Selections]:
    """The cases of several variants as one list, and for each the selection of its variant."""
    variant_of = {id(case.graph): name for name, cases in found.items() for case in cases}

    def selections(source: Graph, target: Target) -> Iterator[Select]:
        return only(variant_of[id(source)])(source, target)

    return [case for cases in found.values() for case in cases], selections


def chosen(*goals: Goal) -> Selections:
    """What users get for these goals: one selection each."""

    def selections(source: Graph, target: Target) -> Iterator[Select]:
        return map(_chosen_for, goals)

    return selections


def _chosen_for(goal: Goal) -> Select:
    def select(op: Op, graph: Graph, target: Target, _: Goal) -> KernelChoice:
        return kernels.best([kernels.candidates(op, graph, target)], goal)[0]

    return select


def write_bundle(
    folder: Path,
    cases: Sequence[Case],
    target: Target,
    samples: int,
    selections: Selections = every_variant,
    stream: Stream = streaming.choose,
    lay_out: LayOut = layout.never,
) -> int:
    """Write a project whose console is the runner of these cases.

    Args:
        folder: where to.
        cases: one-op graphs.
        target: the board; it decides the kernels, too.
        samples: random inputs per case, beside the edge inputs.
        selections: with which kernels each case is compiled.
        stream: decides which ops run band by band.
        lay_out: decides how each tensor lies.

    Returns:
        The number of models: each case once with every kernel that computes it.
    """
    tree = {
        path: text
        for path, text in builder.project_tree(target, "runner", 1).items()
        if not path.startswith("harness/") or path.endswith(".h") or path in _FAULT_TEXT
    }
    tree |= {"include/runner.h": (KERNELS / "runner.h").read_text()}
    tree |= {"models/runner/runner.c": (KERNELS / "runner.c").read_text()}
    tree |= {"apps/console/main.c": (KERNELS / "main.c").read_text()}
    tree |= {"apps/stub/main.c": "int main(void)\n{\n    return 0;\n}\n"}
    tree |= {"include/ek_build_id.h": '#define EK_BUILD_ID "0123456789abcdef"\n'}
    made: list[_Model] = []
    # Not a list: how many kernels there are is known once the first one has been compiled.
    every = ((case, select) for case in cases for select in selections(case.graph, target))
    for case, select in every:
        name = f"case{len(made):03d}"
        compiled = compile_graph(
            case.graph, target, name, select=select, stream=stream, lay_out=lay_out
        )
        for path, text in compiled.tree().items():
            # Beside the folder whose files are compiled one by one.
            tree[path.replace("models/", "cases/", 1)] = text
        made.append(_Model(name, case, compiled, *_samples(case, samples)))
    tree["models/runner/vectors.c"] = _vectors(made)
    for number in range(0, len(made), _TOGETHER):
        part = "\n".join(map(_included, made[number : number + _TOGETHER]))
        tree[f"models/runner/part{number:03d}.c"] = f'#include "runner.h"\n{part}\n'
    for path, text in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return len(made)


@dataclass(frozen=True, slots=True)
class _Model:
    """A case with one kernel: its inputs and the right outputs, sample after sample."""

    name: str
    case: Case
    compiled: Compiled
    count: int
    inputs: bytes
    expected: bytes


def _samples(case: Case, samples: int) -> tuple[int, bytes, bytes]:
    inputs = sample_inputs(case.graph, samples)
    outputs = [each[-1] for each in numpy_reference.run(b"", case.graph, inputs)]
    fed = b"".join(array.tobytes() for sample in inputs for array in sample)
    return len(inputs), fed, b"".join(array.tobytes() for array in outputs)


def _included(model: _Model) -> str:
    """A model's C as a part of a larger file, since starting the compiler takes longer than it."""
    folder = f"cases/{model.name}/{model.name}"
    return (
        f"#define ek_arena RUNNER_ARENA({model.name})\n"
        f'#include "{folder}_weights.c"\n#include "{folder}.c"\n#undef ek_arena\n'
    )


def _vectors(models: Sequence[_Model]) -> str:
    arena = max(model.compiled.code.plan.arena_bytes for model in models)
    lines = ['#include "runner.h"', f"RUNNER_COMMON_ARENA({arena});"]
    rows = []
    for model in models:
        name = model.name
        lines += [
            _bytes(f"{name}_inputs", model.inputs),
            _bytes(f"{name}_expected", model.expected),
            f"extern const ek_model_t {name}_model;",
            f"extern uint8_t RUNNER_ARENA({name})[];",
        ]
        rows.append(
            f'    {{"{model.case.name} {_kernels(model.compiled)}", &{name}_model, '
            f"RUNNER_ARENA({name}), {name}_inputs, {name}_expected, "
            f"{len(model.inputs) // model.count}, {model.count}}},"
        )
    lines += ["const runner_case_t runner_cases[] = {", *rows, "};"]
    return "\n".join([*lines, f"const uint32_t runner_case_count = {len(rows)};", ""])


def _kernels(compiled: Compiled) -> str:
    return " ".join(choice.function for choice in compiled.code.choices)


def _bytes(name: str, data: bytes) -> str:
    values = ",".join(map(str, np.frombuffer(data, np.uint8).tolist()))
    return f"static const uint8_t {name}[] __attribute__((aligned(4))) = {{{values}}};"

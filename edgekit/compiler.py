"""The compiler's stages in order: read, rewrite, select, plan, emit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgekit import passes, tflite
from edgekit.codegen import ModelCode, emit_model
from edgekit.ir import Graph, Op
from edgekit.kernels import Goal
from edgekit.memory import plan_memory
from edgekit.ops import KernelChoice
from edgekit.selection import Selection
from edgekit.selection import select as select_kernels
from edgekit.targets import Target

Select = Callable[[Op, Graph, Target, Goal], KernelChoice]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A model compiled for a target.

    Attributes:
        source: the graph as the file has it.
        code: what is generated from: the rewritten graph, kernels and memory plan.
        target: what it was compiled for.
        selection: how the kernels were chosen; None where `select` did.
    """

    source: Graph
    code: ModelCode
    target: Target
    selection: Selection | None = None

    @property
    def graph(self) -> Graph:
        """The graph after the passes."""
        return self.code.graph

    @property
    def origins(self) -> tuple[tuple[Op, ...], ...]:
        """Per op of `graph`, the model's own ops that it computes; see `passes.origins`."""
        return passes.origins(self.source, self.graph)

    def tree(self) -> dict[str, str]:
        """The generated C: path below firmware/ -> text."""
        return emit_model(self.code)


def compile_tflite(
    data: bytes,
    target: Target,
    name: str = "model",
    labels: Sequence[str] = (),
    goal: Goal = Goal.BALANCED,
    select: Select | None = None,
) -> Compiled:
    """Compile a .tflite.

    Args:
        data: the file's contents.
        target: the board.
        name: C identifier, the prefix of every symbol.
        labels: the classes' names.
        goal: what the kernels are chosen for.
        select: chooses the kernel of each op by itself; None: all together, for the goal.

    Raises:
        InputError: the file is damaged or inconsistent.
        UnsupportedError: an op, a type or an option is not supported.
    """
    source = tflite.read(data)
    return compile_graph(source, target, name, labels, goal, select)


def compile_graph(
    source: Graph,
    target: Target,
    name: str = "model",
    labels: Sequence[str] = (),
    goal: Goal = Goal.BALANCED,
    select: Select | None = None,
) -> Compiled:
    """Compile a graph; see `compile_tflite`."""
    graph = passes.run(source)
    if select is None:
        found = select_kernels(graph, target, goal)
        code = ModelCode(name, graph, found.choices, found.plan, tuple(labels))
        return Compiled(source, code, target, found)
    choices = tuple(select(op, graph, target, goal) for op in graph.ops)
    plan = plan_memory(graph, choices, target.core.alignment_bytes)
    return Compiled(source, ModelCode(name, graph, choices, plan, tuple(labels)), target)

"""The compiler's stages in order: read, rewrite, select, plan, emit."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgekit import codebooks, layout, passes, streaming, tflite
from edgekit.codegen import ModelCode, emit_model
from edgekit.ir import Graph, Op
from edgekit.kernels import Goal
from edgekit.memory import least_order, with_kept
from edgekit.ops import KernelChoice, Layout
from edgekit.selection import Selection
from edgekit.selection import select as select_kernels
from edgekit.targets import Target

Select = Callable[[Op, Graph, Target, Goal], KernelChoice]
LayOut = Callable[[Graph, streaming.Streamed, Target, Goal], layout.Assigned]
Stream = Callable[[Graph, Sequence[KernelChoice], Target, Goal], streaming.Streamed]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A model compiled for a target.

    Attributes:
        source: the graph as the file has it.
        code: what is generated from: the rewritten graph, kernels and memory plan.
        target: what it was compiled for.
        selection: how the kernels were chosen; None where `select` did.
        laid: how the tensors lie, and why.
    """

    source: Graph
    code: ModelCode
    target: Target
    selection: Selection | None = None
    laid: layout.Assigned | None = None

    @property
    def graph(self) -> Graph:
        """The graph after the passes."""
        return self.code.graph

    @property
    def origins(self) -> tuple[tuple[Op, ...], ...]:
        """Per op of `graph`, the model's own ops that it computes; see `passes.origins`."""
        return passes.origins(self.source, self.graph)

    @property
    def traced(self) -> Graph:
        """What the device runs one by one, as a graph: of ops that are streamed the last one.

        What lies between the ops of a stream is never whole on the device. Its ops' inputs are
        not all written in this graph.
        """
        graph = self.code.graph
        return dataclasses.replace(graph, ops=tuple(graph.ops[i] for i in self.code.entries))

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """How the output of each op of `traced` lies on the device."""
        return tuple(self.code.choices[i].writes for i in self.code.entries)

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
    stream: Stream = streaming.choose,
    *,
    keep_input: bool = False,
    lay_out: LayOut | None = None,
) -> Compiled:
    """Compile a .tflite.

    Args:
        data: the file's contents.
        target: the board.
        name: C identifier, the prefix of every symbol.
        labels: the classes' names.
        goal: what the kernels are chosen for.
        select: chooses the kernel of each op by itself; None: all together, for the goal.
        stream: decides which ops run band by band.
        keep_input: an inference must leave the model's inputs as they are.
        lay_out: decides how each tensor lies; None: the cheapest layouts, or NHWC with `select`.

    Raises:
        InputError: the file is damaged or inconsistent.
        UnsupportedError: an op, a type or an option is not supported.
    """
    return _compiled(data, target, name, tuple(labels), goal, select, stream, keep_input, lay_out)


@functools.lru_cache(maxsize=2)
def _compiled(
    data: bytes,
    target: Target,
    name: str,
    labels: tuple[str, ...],
    goal: Goal,
    select: Select | None,
    stream: Stream,
    keep_input: bool,
    lay_out: LayOut | None,
) -> Compiled:
    """What `convert` has compiled, `build`, `verify` and `bench` ask for again."""
    return compile_graph(
        tflite.read(data),
        target,
        name,
        labels,
        goal,
        select,
        stream,
        keep_input=keep_input,
        lay_out=lay_out,
    )


def compile_graph(
    source: Graph,
    target: Target,
    name: str = "model",
    labels: Sequence[str] = (),
    goal: Goal = Goal.BALANCED,
    select: Select | None = None,
    stream: Stream = streaming.choose,
    *,
    keep_input: bool = False,
    lay_out: LayOut | None = None,
) -> Compiled:
    """Compile a graph; see `compile_tflite`."""
    graph = passes.run(source)
    selection = None
    if select is None:
        selection = select_kernels(graph, target, goal)
        choices = selection.choices
    else:
        choices = tuple(select(op, graph, target, goal) for op in graph.ops)
    orders = [(graph, choices), least_order(graph, choices, target.core.alignment_bytes)]
    found = [
        (ordered, stream(with_kept(ordered) if keep_input else ordered, own, target, goal))
        for ordered, own in orders[: 1 if orders[1][0].ops == graph.ops else 2]
    ]
    ordered, made = min(found, key=lambda each: each[1].plan.arena_bytes)
    if selection is not None:
        made = codebooks.choose(with_kept(ordered) if keep_input else ordered, made, target, goal)
        selection = selection.reordered([graph.ops.index(op) for op in ordered.ops], made.plan)
    kept = with_kept(ordered) if keep_input else ordered
    lay_out = lay_out or (layout.assign if selection is not None else layout.never)
    laid = lay_out(kept, made, target, goal)
    code = ModelCode(name, ordered, laid.choices, laid.plan, tuple(labels), keep_input)
    return Compiled(source, code, target, selection, laid)

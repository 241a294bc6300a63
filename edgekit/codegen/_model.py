"""What the templates of a generated model are filled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgekit.ir import Graph, Tensor
from edgekit.memory import MemoryPlan, layout_of
from edgekit.ops import KernelChoice, Layout

Labels = Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class ModelCode:
    """A compiled model, ready to be written as C.

    Attributes:
        name: C identifier, the prefix of every symbol.
        graph: after the passes.
        choices: the kernel of each op.
        plan: where each activation lives.
        labels: the classes' names, may be empty.
        keep_input: an inference leaves the model's inputs as they are.
    """

    name: str
    graph: Graph
    choices: tuple[KernelChoice, ...]
    plan: MemoryPlan
    labels: tuple[str, ...] = ()
    keep_input: bool = False

    def place(self, index: int, const_symbols: Mapping[int, str]) -> str:
        """The C expression for a tensor's address."""
        if index in const_symbols:
            return const_symbols[index]
        return f"EK_AT({self.graph.tensors[index].dtype.c_type}, {self.plan.offset(index)})"

    def where(self, index: int) -> str:
        """A tensor's place in words, for comments."""
        tensor = self.graph.tensors[index]
        return "const" if tensor.is_const else f"arena+{self.plan.offset(index)}"

    def layout(self, index: int) -> Layout:
        """How a tensor lies in the arena."""
        return layout_of(self.graph, self.choices, index)

    def nbytes(self, index: int) -> int:
        """Bytes of a tensor, as it lies in the arena."""
        layout, tensor = self.layout(index), self.graph.tensors[index]
        return tensor.nbytes if layout is None else layout.nbytes(tensor.shape)

    def rows(self, index: int) -> int | None:
        """Rows of a tensor that are in the arena at a time; None: it is there as a whole."""
        for stream in self.plan.streams:
            for position in stream.positions[:-1]:
                if index in self.graph.ops[position].outputs:
                    return stream.rows(position)
        return None

    def function(self, position: int) -> str:
        """The C function of an op."""
        return f"{self.prefix(position)}_{self.graph.ops[position].kind.lower()}"

    def prefix(self, position: int) -> str:
        """What every symbol of an op begins with; the size report relies on it."""
        return f"{self.name}_op{position:02d}"

    @property
    def entries(self) -> tuple[int, ...]:
        """What the device runs one by one: positions of ops, the last one's of those together."""
        return tuple(self._running())

    def entry_function(self, position: int) -> str:
        """The C function of an entry."""
        position = self._running()[position]
        stream = self.plan.stream(position)
        return self.function(position) if stream is None else f"{self.prefix(position)}_bands"

    def is_called(self, position: int) -> bool:
        """Whether an op has a C function; one that calls no kernel needs none."""
        return bool(self.choices[position].calls) or position in self._running().values()

    def _running(self) -> dict[int, int]:
        """Entry -> the op whose function it is.

        An op without calls, whose output is its input's bytes, belongs to the entry that wrote
        these right before it, else to the next one. It is an entry of its own only where it
        writes a model output from anything else.
        """
        inside = {p for s in self.plan.streams for p in s.positions if p != s.last}
        found: dict[int, int] = {}
        for position, (op, choice) in enumerate(zip(self.graph.ops, self.choices, strict=True)):
            if position in inside:
                continue
            source = op.inputs[0]
            before = position - 1
            if choice.calls:
                found[position] = position
            elif (
                before in found
                and source in self.graph.ops[before].outputs
                and source not in self.graph.outputs
            ):
                found[position] = found.pop(before)
            elif set(op.outputs) & set(self.graph.outputs):
                found[position] = position
        return found

    def tensor(self, index: int) -> Tensor:
        """A tensor by its index."""
        return self.graph.tensors[index]

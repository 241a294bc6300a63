"""What the templates of a generated model are filled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgekit.ir import Graph, Tensor
from edgekit.memory import MemoryPlan
from edgekit.ops import KernelChoice

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
        """What the device runs one by one: positions of ops, the last one's of a stream."""
        inside = {p for s in self.plan.streams for p in s.positions if p != s.last}
        return tuple(p for p in range(len(self.graph.ops)) if p not in inside)

    def entry_function(self, position: int) -> str:
        """The C function of an entry."""
        stream = self.plan.stream(position)
        return self.function(position) if stream is None else f"{self.prefix(position)}_bands"

    def tensor(self, index: int) -> Tensor:
        """A tensor by its index."""
        return self.graph.tensors[index]

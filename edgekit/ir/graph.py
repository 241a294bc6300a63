"""Ops and the graph they form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.ir.tensor import Tensor

ABSENT = -1


@dataclass(frozen=True, slots=True)
class Op:
    """One operation.

    Attributes:
        kind: TFLite's name of the operator, e.g. `CONV_2D`.
        name: the model's own name of the op (of its first output); any text.
        inputs: tensor indices; ABSENT (-1) marks an optional input left out.
        outputs: tensor indices.
        attrs: the op's own frozen `Attrs`, defined in its file in edgekit/ops.
    """

    kind: str
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attrs: Any


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Ops in an order of execution, over tensors named by their index.

    Attributes:
        ops: in execution order.
        tensors: every value; ops refer to them by position.
        inputs: indices of the model's inputs.
        outputs: indices of the model's outputs.
    """

    ops: tuple[Op, ...]
    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def input(self, op: Op, position: int) -> Tensor:
        """An op's input tensor by position.

        Raises:
            IndexError: the op has no such input or leaves it out.
        """
        index = op.inputs[position]
        if index == ABSENT:
            raise IndexError(f"{op.kind} leaves input {position} out")
        return self.tensors[index]

    def optional_input(self, op: Op, position: int) -> Tensor | None:
        """An op's input tensor, or None where the op leaves it out."""
        if position >= len(op.inputs) or op.inputs[position] == ABSENT:
            return None
        return self.tensors[op.inputs[position]]

    def output(self, op: Op, position: int = 0) -> Tensor:
        """An op's output tensor by position."""
        return self.tensors[op.outputs[position]]

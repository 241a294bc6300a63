"""A Keras model as a flat list of steps in order of execution, nested models opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from edgekit.errors import UnsupportedError


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One call of a layer or of a Keras operation.

    Attributes:
        layer: what is called.
        inputs: numbers of the values that it reads.
        output: number of the value that it makes.
        arguments: its positional arguments: a value's number in a `Value`, or a constant.
    """

    layer: Any
    inputs: tuple[int, ...]
    output: int
    arguments: tuple[Any, ...]

    @property
    def kind(self) -> str:
        """The class of Keras; empty for somebody else's."""
        kind = type(self.layer)
        return kind.__name__ if kind.__module__.partition(".")[0] == "keras" else ""


@dataclass(frozen=True, slots=True)
class Value:
    """A value among a step's arguments."""

    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A model without nesting.

    Attributes:
        steps: in order of execution.
        inputs: numbers of the model's inputs.
        outputs: numbers of the model's outputs.
        readers: value -> the positions of the steps that read it.
    """

    steps: tuple[Step, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    readers: dict[int, tuple[int, ...]]


def flatten(model: Any) -> Flat:
    """Open a functional or sequential model.

    Raises:
        UnsupportedError: a subclassed model, or a layer with several outputs.
    """
    opened = _Opener()
    functional = _functional(model)
    inputs = tuple(opened.number(tensor) for tensor in functional.inputs)
    opened.open(functional)
    outputs = tuple(opened.number(tensor) for tensor in functional.outputs)
    readers: dict[int, tuple[int, ...]] = {}
    for position, step in enumerate(opened.steps):
        for number in Counter(step.inputs):
            readers[number] = (*readers.get(number, ()), position)
    return Flat(tuple(opened.steps), inputs, outputs, readers)


def _functional(model: Any) -> Any:
    """The functional model inside of a sequential one; itself for a functional one."""
    inner = getattr(model, "_functional", None) or model
    if not hasattr(inner, "_nodes_by_depth"):
        raise UnsupportedError(
            f"{model.name!r} is a subclassed model, whose layers can't be seen from outside",
            "build it with keras.Input and keras.Model(inputs, outputs), or quantize it after "
            "training (int8_ptq)",
        )
    return inner


class _Opener:
    """Numbers values by their KerasTensor; a nested model's get new ones at each call."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._numbers: dict[int, int] = {}
        self._count = 0

    def number(self, tensor: Any) -> int:
        """The number of a KerasTensor, a new one if it has none."""
        if id(tensor) not in self._numbers:
            self._numbers[id(tensor)] = self._count
            self._count += 1
        return self._numbers[id(tensor)]

    def open(self, model: Any) -> None:
        """Append the steps of a functional model whose inputs have numbers."""
        for depth in sorted(model._nodes_by_depth, reverse=True):
            for node in model._nodes_by_depth[depth]:
                if not node.is_input:
                    self._node(node)

    def _node(self, node: Any) -> None:
        layer = node.operation
        if hasattr(layer, "_nodes_by_depth") or getattr(layer, "_functional", None) is not None:
            self._nested(_functional(layer), node)
            return
        if len(node.outputs) != 1:
            raise UnsupportedError(
                f"layer {layer.name!r} ({type(layer).__name__}) has {len(node.outputs)} outputs",
                "replace it by layers with one output each",
            )
        inputs = tuple(self.number(tensor) for tensor in node.arguments.keras_tensors)
        known = {id(tensor) for tensor in node.arguments.keras_tensors}
        arguments = tuple(
            Value(self.number(argument)) if id(argument) in known else argument
            for argument in node.arguments.args
        )
        self.steps.append(Step(layer, inputs, self.number(node.outputs[0]), arguments))

    def _nested(self, model: Any, node: Any) -> None:
        """Its tensors get new numbers each time: a shared model is called at several places."""
        outer = dict(self._numbers)
        for inner, given in zip(model.inputs, node.arguments.keras_tensors, strict=True):
            outer_number = self.number(given)
            self._numbers[id(inner)] = outer_number
        for depth in model._nodes_by_depth:
            for inside in model._nodes_by_depth[depth]:
                if not inside.is_input:
                    for tensor in inside.outputs:
                        self._numbers.pop(id(tensor), None)
        self.open(model)
        results = [self._numbers[id(tensor)] for tensor in model.outputs]
        self._numbers = outer
        for tensor, number in zip(node.outputs, results, strict=True):
            self._numbers[id(tensor)] = number

"""The ops that edgekit compiles, one a file; each file holds its op's whole truth.

An op's module, e.g. `conv_2d.py` for TFLite's `CONV_2D`, has:

- `TFLITE_CODE`: the schema's BuiltinOperator number;
- `Attrs`: a frozen dataclass; its fields have the schema's names in the schema's order;
- `parse(options)`: flatbuffer table -> Attrs;
- `constraint_*(op, graph)`: the docstring is the rule, for the error and the documentation;
  the answer is None, or what was found instead;
- `infer_shape(op, graph)`: the output's shape;
- `reference(op, graph, inputs)`: the output in numpy, bit-exact with TFLite Micro;
- `kernel(op, graph, target)`: the KernelChoice;
- `macs(op, graph)`: multiply-accumulates;
- `aliases(op, graph)`, optional: True where the output is the first input's bytes unchanged;
- `row_window(op, graph)`, optional: the rows that it reads, where it can run band by band.

An op of several outputs has `parts(op, graph)` instead of all from `infer_shape` on: a `Part` per
output, as which the reader hands it on.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Protocol, cast

from edgekit import registry
from edgekit.errors import UnsupportedError
from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._kernel import (
    Coded,
    ConstArray,
    Cost,
    InPlace,
    KernelCall,
    KernelChoice,
    WeightBlocks,
)
from edgekit.ops._layout import ColumnPairs, Layout
from edgekit.ops._parts import Part
from edgekit.ops._rows import (
    Rows,
    RowWindow,
    banded,
    elementwise_rows,
    height,
    is_image,
    row_bytes,
)
from edgekit.ops._stream import Band, Stream
from edgekit.targets import Target

__all__ = [
    "Band",
    "Coded",
    "ColumnPairs",
    "ConstArray",
    "Cost",
    "InPlace",
    "KernelCall",
    "KernelChoice",
    "Layout",
    "OpModule",
    "Part",
    "RowWindow",
    "Rows",
    "Stream",
    "WeightBlocks",
    "aliases",
    "banded",
    "by_code",
    "check",
    "constraints",
    "find",
    "height",
    "is_image",
    "kinds",
    "maps_values",
    "parts",
    "row_bytes",
    "row_window",
]


class OpModule(Protocol):
    """What every module of this package offers; see the package's own text."""

    TFLITE_CODE: int
    Attrs: type

    def parse(self, options: Table | None) -> Any:
        """flatbuffer table -> Attrs."""

    def infer_shape(self, op: Op, graph: Graph) -> tuple[int, ...]:
        """The output's shape."""

    def reference(self, op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
        """The output in numpy, bit-exact with TFLite Micro."""

    def kernel(self, op: Op, graph: Graph, target: Target) -> KernelChoice:
        """The portable kernel."""

    def macs(self, op: Op, graph: Graph) -> int:
        """Multiply-accumulates."""


@functools.cache
def kinds() -> dict[str, OpModule]:
    """Every supported op by TFLite's name, e.g. `CONV_2D`."""
    modules = registry.load_all(__name__)
    return {name.upper(): cast(OpModule, module) for name, module in modules.items()}


def find(kind: str) -> OpModule:
    """An op's module by TFLite's name."""
    return kinds()[kind]


@functools.cache
def by_code() -> dict[int, str]:
    """TFLite's BuiltinOperator number -> name, of the supported ops."""
    return {module.TFLITE_CODE: kind for kind, module in kinds().items()}


def constraints(kind: str) -> list[tuple[str, Any]]:
    """An op's rules: (text, function), in the order of the file."""
    module = find(kind)
    found = [f for name, f in vars(module).items() if name.startswith("constraint_")]
    return [(" ".join((f.__doc__ or "").split()), f) for f in found]


def check(op: Op, index: int, graph: Graph) -> None:
    """Hold an op against its rules and its declared output shape.

    Raises:
        UnsupportedError: a rule is broken; the message has op, index, name, rule and finding.
    """
    where = f"op {index}, {op.kind} {op.name!r}"
    for rule, constraint in constraints(op.kind):
        found = constraint(op, graph)
        if found is not None:
            raise UnsupportedError(
                f"{where}: not supported: {found}",
                f"the rule: {rule} See `edgekit ops {op.kind}`.",
            )
    if parts(op, graph) is not None:  # its rules know the outputs' shapes
        return
    declared = graph.output(op).shape
    inferred = find(op.kind).infer_shape(op, graph)
    if declared != inferred:
        raise UnsupportedError(
            f"{where}: the model says that the output is {declared}, the op makes {inferred}",
            "fix the batch size before exporting: keras.Input(batch_shape=(1, ...))",
        )


def parts(op: Op, graph: Graph) -> list[Part] | None:
    """The ops that make one output each of an op of several; None for any other."""
    function = getattr(find(op.kind), "parts", None)
    if function is None:
        return None
    found: list[Part] = function(op, graph)
    return found


def aliases(op: Op, graph: Graph) -> bool:
    """Whether the op's output is its first input's bytes, so that both may share a place."""
    function = getattr(find(op.kind), "aliases", None)
    return bool(function is not None and function(op, graph))


def maps_values(op: Op, graph: Graph) -> bool:
    """Whether every element of the output is a function of the input's there, both int8."""
    elementwise = getattr(find(op.kind), "row_window", None) is elementwise_rows
    if not elementwise or len(op.inputs) != 1:
        return False
    return graph.input(op, 0).dtype is graph.output(op).dtype is DType.INT8


def row_window(op: Op, graph: Graph) -> RowWindow | None:
    """Which rows an op reads; None where it can't run band by band.

    All of its inputs that are no constants, and its only output, must be single images.
    """
    function = getattr(find(op.kind), "row_window", None)
    tensors = [graph.tensors[i] for i in (*op.inputs, *op.outputs) if i >= 0]
    images = all(is_image(t) for t in tensors if not t.is_const)
    if function is None or not images or len(op.outputs) != 1:
        return None
    found: RowWindow | None = function(op, graph)
    return found

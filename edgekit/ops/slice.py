"""SLICE: a part of a tensor, with constant begin and size; int8, int16 or float32."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import wrong_inputs
from edgekit.ops._kernel import KernelChoice
from edgekit.ops._strided import (
    constants,
    copy_kernel,
    slice_loops,
    sliced,
    wrong_indices,
)
from edgekit.ops._usual import NoAttrs, copied_quantization, copied_types, no_macs, no_options
from edgekit.targets import Target

TFLITE_CODE = 65

Attrs = NoAttrs
parse = no_options


def constraint_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have three inputs, of which the last two are begin and size."""
    return wrong_inputs(op, 3)


constraint_types = copied_types
constraint_quantization = copied_quantization


def constraint_indices(op: Op, graph: Graph) -> str | None:
    """Begin and size must be constant int32, one per axis, of at most 5 axes."""
    rank = len(graph.input(op, 0).shape)
    return f"{rank} axes" if rank > 5 else wrong_indices(op, graph, 1, 2)


def constraint_part(op: Op, graph: Graph) -> str | None:
    """The part must have elements and lie in the input; a size of -1 stands for the rest."""
    shape = graph.input(op, 0).shape
    begins, sizes = constants(op, graph, 1), constants(op, graph, 2)
    for whole, begin, size in zip(shape, begins, sizes, strict=True):
        left = whole - begin if size == -1 else size
        if begin < 0 or left < 1 or begin + left > whole:
            return f"begin {list(begins)} and size {list(sizes)} of {shape}"
    return None


def _slices(op: Op, graph: Graph) -> list[slice]:
    shape = graph.input(op, 0).shape
    pairs = zip(constants(op, graph, 1), constants(op, graph, 2), shape, strict=True)
    return [slice(begin, whole if size == -1 else begin + size) for begin, size, whole in pairs]


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """The part's extents."""
    shape = graph.input(op, 0).shape
    return tuple(
        len(range(*each.indices(whole)))
        for each, whole in zip(_slices(op, graph), shape, strict=True)
    )


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """numpy's own."""
    return sliced(inputs[0], _slices(op, graph), infer_shape(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    return copy_kernel(op, graph, *slice_loops(op, graph, _slices(op, graph)))


macs = no_macs

"""Takes a RESHAPE away where what reads it does not need the shape."""

from __future__ import annotations

import dataclasses

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.passes._edges import every_op, inner_readers, is_supported, replaced, writer

Shape = tuple[int, ...]


def drop_reshapes(graph: Graph) -> Graph:
    """Let the readers of a RESHAPE read its input, where all of them then write the same bytes.

    FULLY_CONNECTED and RESHAPE take elements of any shape. A function of single values does, too,
    and its output takes the new shape, if those who read that can do with it. Where a shape has to
    stay, as the model's own inputs' and outputs', the RESHAPE does, which costs nothing on the
    device: see `ModelCode.entries`.
    """
    for index in every_op(graph):
        op = writer(graph, index)
        if op is None or op.kind != "RESHAPE" or not graph.input(op, 0).shape:
            continue
        shapes = _shapes_behind(graph, index, graph.input(op, 0).shape)
        if shapes is None:
            continue
        tensors = list(graph.tensors)
        for changed, shape in shapes.items():
            tensors[changed] = dataclasses.replace(tensors[changed], shape=shape)
        readers = {each.outputs[0]: _instead(each, op) for each in inner_readers(graph, index)}
        graph = replaced(dataclasses.replace(graph, tensors=tuple(tensors)), readers, [op])
    return graph


def _shapes_behind(graph: Graph, index: int, shape: Shape) -> dict[int, Shape] | None:
    """The outputs that change their shape if a tensor does; None where a reader needs the old one.

    Args:
        graph: the graph.
        index: a tensor.
        shape: of as many elements.
    """
    readers = inner_readers(graph, index)
    tensors = list(graph.tensors)
    tensors[index] = dataclasses.replace(tensors[index], shape=shape)
    changed = dataclasses.replace(graph, tensors=tuple(tensors))
    found: dict[int, Shape] = {}
    for reader in readers:
        if reader.kind in ("FULLY_CONNECTED", "RESHAPE"):
            same = ops.find(reader.kind).infer_shape(reader, changed) == graph.output(reader).shape
            if not same or reader.inputs.count(index) > 1 or not is_supported(changed, reader):
                return None
        elif ops.maps_values(reader, graph):
            behind = _shapes_behind(graph, reader.outputs[0], shape)
            if behind is None:
                return None
            found |= {reader.outputs[0]: shape} | behind
        else:
            return None
    return found if readers else None


def _instead(reader: Op, reshape: Op) -> Op:
    """The reader of a RESHAPE with that one's input in its place."""
    inputs = (reshape.inputs[0] if i == reshape.outputs[0] else i for i in reader.inputs)
    return dataclasses.replace(reader, inputs=tuple(inputs))

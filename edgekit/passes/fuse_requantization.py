"""Takes an int8 QUANTIZE into the layers behind it, where not a single value changes."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.ops._common import quant_of
from edgekit.ops._conv import channel_multipliers
from edgekit.passes._edges import every_op, inner_readers, is_supported, replaced, writer
from edgekit.passes._intervals import Interval, intervals
from edgekit.passes._sums import SUMS


def fuse_requantization(graph: Graph) -> Graph:
    """Let readers of a QUANTIZE read its input, where they then compute the same.

    A weighted sum sees its input less the zero point. So it can read what QUANTIZE reads if that
    difference is the same for every value that can come, and its multipliers stay: a QUANTIZE
    that only moves the zero point. One that changes nothing at all can be left out in front of
    any op.
    """
    known: dict[int, Interval] = {}
    for index in every_op(graph):
        op = writer(graph, index)
        if op is None or op.kind != "QUANTIZE" or not ops.maps_values(op, graph):
            continue
        readers = inner_readers(graph, op.outputs[0])
        known = known or intervals(graph)
        made = [_reading_through(op, reader, graph, known) for reader in readers]
        new = {each.outputs[0]: each for each in made if each is not None}
        if readers and len(new) == len(readers):
            graph = replaced(graph, new, [op])
    return graph


def _reading_through(op: Op, reader: Op, graph: Graph, known: dict[int, Interval]) -> Op | None:
    """The reader with the QUANTIZE's input instead of its output; None where that is not exact."""
    source, result = graph.input(op, 0), graph.output(op)
    limits = known.get(op.inputs[0])
    if limits is None:  # a scalar
        return None
    inputs = tuple(op.inputs[0] if i == op.outputs[0] else i for i in reader.inputs)
    made = dataclasses.replace(reader, inputs=inputs)
    values = np.arange(limits.low.min(), limits.high.max() + 1).astype(np.int8)
    quantized = ops.find(op.kind).reference(op, graph, [values])
    if quant_of(source) == quant_of(result) and np.array_equal(values, quantized):
        return made
    if reader.kind not in SUMS or reader.inputs[0] != op.outputs[0]:
        return None
    before = values.astype(np.int64) - quant_of(source).zero_point
    after = quantized.astype(np.int64) - quant_of(result).zero_point
    old, new = (np.stack(channel_multipliers(each, graph)) for each in (reader, made))
    same = np.array_equal(before, after) and np.array_equal(old, new)
    return made if same and is_supported(graph, made) else None

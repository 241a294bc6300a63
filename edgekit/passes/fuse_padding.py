"""Takes a PAD into the convolutions that read it, which then pad by themselves."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.ops._common import LIMITS, Border, Borders, Padding, along, quant_of, window
from edgekit.ops._conv import windows
from edgekit.ops._padding import Axis, paddings
from edgekit.passes._edges import every_op, inner_readers, is_supported, replaced, writer

_CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")


def fuse_padding(graph: Graph) -> Graph:
    """Drop each PAD or PADV2 of the zero point whose readers are all convolutions.

    To a convolution, what is outside of its input is the zero point: the taps there count 0. A
    PAD stays where a window would lie in the padding alone, which kernels do not expect.
    """
    for index in every_op(graph):
        op = writer(graph, index)
        if op is None or not _pads_with_zero_point(op, graph):
            continue
        readers = inner_readers(graph, op.outputs[0])
        padded = [_padding_by_itself(op, reader, graph) for reader in readers]
        new = {each.outputs[0]: each for each in padded if each is not None}
        if readers and len(new) == len(readers):
            graph = replaced(graph, new, [op])
    return graph


def _pads_with_zero_point(op: Op, graph: Graph) -> bool:
    """Whether an op puts nothing but zero points around the rows and columns of an image."""
    if op.kind not in ("PAD", "PADV2") or graph.input(op, 0).dtype not in LIMITS:
        return False
    axes = paddings(op, graph)
    if len(axes) != 4 or any(axes[i].padded != axes[i].size for i in (0, 3)):
        return False
    if op.kind == "PAD":
        return True
    fill = graph.input(op, 2).data
    return fill is not None and int(fill.reshape(())) == quant_of(graph.output(op)).zero_point


def _padding_by_itself(pad: Op, reader: Op, graph: Graph) -> Op | None:
    """A convolution that reads the PAD's input; None where there is none."""
    if reader.kind not in _CONVOLUTIONS or reader.inputs.count(pad.outputs[0]) > 1:
        return None
    attrs = reader.attrs
    _, kernel_h, kernel_w, _ = graph.input(reader, 1).shape
    _, rows, columns, _ = paddings(pad, graph)
    inside = along(attrs.padding)
    borders = Borders(
        _border(rows, inside[0], kernel_h, attrs.stride_h, attrs.dilation_h_factor),
        _border(columns, inside[1], kernel_w, attrs.stride_w, attrs.dilation_w_factor),
    )
    made = [
        dataclasses.replace(
            reader,
            inputs=(pad.inputs[0], *reader.inputs[1:]),
            attrs=dataclasses.replace(attrs, padding=padding),
        )
        for padding in (Padding.VALID, Padding.SAME, borders)
    ]
    if not is_supported(graph, made[-1]):
        return None
    # The model's own way of saying the same is what fast kernels look for.
    return next(op for op in made if windows(op, graph) == windows(made[-1], graph))


def _border(
    axis: Axis, inside: Padding | Border, kernel: int, stride: int, dilation: int
) -> Border:
    """The padding of one axis that a PAD and a convolution's own make together.

    What lies behind the last window does not count.
    """
    own = window(inside, axis.padded, kernel, stride, dilation)
    before = axis.before + own.pad
    end = (own.size - 1) * stride + (kernel - 1) * dilation + 1
    return Border(before, max(end - before - axis.size, 0))

"""Ops over a band of rows: which rows they read, and the band as an op of a smaller image."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from edgekit.ir import Graph, Op, Tensor
from edgekit.ops._common import Border, Borders, Padding, Window, along, window

_ROW_AXIS = 1


@dataclass(frozen=True, slots=True)
class RowWindow:
    """Which rows of its inputs an op reads for each row of its output.

    Attributes:
        reach: rows from the first one that it reads to the last one, both included.
        stride: rows from one output row's window to the next one's.
        pad: rows of padding above the first one.
    """

    reach: int = 1
    stride: int = 1
    pad: int = 0

    def read(self, first: int, count: int, height: int) -> Rows:
        """What output rows [first, first + count) read of an input of `height` rows."""
        top = first * self.stride - self.pad
        bottom = (first + count - 1) * self.stride - self.pad + self.reach
        inside = max(top, 0), min(bottom, height)
        return Rows(inside[0], inside[1] - inside[0], inside[0] - top, bottom - inside[1])


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of an image.

    Attributes:
        first: the first one.
        count: how many.
        above: rows of padding that a window has above them.
        below: rows of padding that it has below them.
    """

    first: int
    count: int
    above: int = 0
    below: int = 0

    @property
    def end(self) -> int:
        """The row behind the last one."""
        return self.first + self.count


def is_image(tensor: Tensor) -> bool:
    """Whether a tensor is a single image, whose rows lie one behind the other."""
    return len(tensor.shape) == 4 and tensor.shape[0] == 1 and not tensor.is_const


def row_bytes(tensor: Tensor) -> int:
    """Bytes of an image's row."""
    return tensor.nbytes // tensor.shape[_ROW_AXIS]


def height(tensor: Tensor) -> int:
    """Rows of an image."""
    return tensor.shape[_ROW_AXIS]


def elementwise_rows(op: Op, graph: Graph) -> RowWindow | None:
    """For ops that treat every element alike; None where an input has another shape."""
    shape = graph.output(op).shape
    for slot, index in enumerate(op.inputs):
        if index < 0:
            return None
        tensor = graph.input(op, slot)
        if tensor.is_const and len(tensor.shape) >= 3 and tensor.shape[-3] != 1:
            return None
        if not tensor.is_const and tensor.shape != shape:
            return None
    return RowWindow()


def banded(op: Op, graph: Graph, rows: Rows, count: int) -> tuple[Op, Graph]:
    """An op that makes `count` rows from `rows` of its inputs, in a graph of its own.

    Args:
        op: an op that reads rows; its kind has `rows`.
        graph: its graph.
        rows: of every input that is no constant.
        count: output rows.
    """
    tensors: list[Tensor] = []
    inputs = []
    for index in op.inputs:
        inputs.append(len(tensors) if index >= 0 else index)
        if index >= 0:
            tensor = graph.tensors[index]
            tensors.append(tensor if tensor.is_const else _cut(tensor, rows.count))
    tensors.append(_cut(graph.output(op), count))
    padding = getattr(op.attrs, "padding", None)
    attrs = op.attrs
    if padding is not None:
        border = Border(rows.above, rows.below)
        attrs = dataclasses.replace(attrs, padding=Borders(border, _columns(op, graph, padding)))
    cut = Op(op.kind, op.name, tuple(inputs), (len(tensors) - 1,), attrs)
    given = tuple(i for i in dict.fromkeys(inputs) if i >= 0 and not tensors[i].is_const)
    return cut, Graph((cut,), tuple(tensors), given, cut.outputs)


def _cut(tensor: Tensor, count: int) -> Tensor:
    return dataclasses.replace(tensor, shape=(1, count, *tensor.shape[2:]))


def _columns(op: Op, graph: Graph, padding: Padding | Borders) -> Border:
    """The padding of the columns, in columns."""
    _, columns = along(padding)
    if isinstance(columns, Border):
        return columns
    width, made = graph.input(op, 0).shape[2], graph.output(op).shape[2]
    kernel, stride, dilation = _column_window(op, graph)
    found: Window = window(columns, width, kernel, stride, dilation)
    reach = (kernel - 1) * dilation + 1
    return Border(found.pad, max((made - 1) * stride + reach - width - found.pad, 0))


def _column_window(op: Op, graph: Graph) -> tuple[int, int, int]:
    """Size, stride and dilation of a window along the columns."""
    pooled: int | None = getattr(op.attrs, "filter_width", None)
    if pooled is not None:
        return pooled, op.attrs.stride_w, 1
    return graph.input(op, 1).shape[2], op.attrs.stride_w, op.attrs.dilation_w_factor

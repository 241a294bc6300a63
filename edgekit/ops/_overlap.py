"""How far an op's output may reach into its own input, byte by byte.

A kernel that writes position after position needs less and less of its input. If its output
starts `lead` bytes or more before the input, whatever it writes lies where nothing is read any
more, and both need little more room than the larger of them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ops._common import Window
from edgekit.ops._kernel import InPlace


def elementwise_lead(op: Op, graph: Graph, position: int = 0) -> tuple[InPlace, ...]:
    """For a kernel that reads element i of an input, then writes element i of the output.

    Returns:
        KernelChoice.in_place; empty where the shapes differ.
    """
    given, made = graph.input(op, position), graph.output(op)
    if given.is_const or given.size != made.size:
        return ()
    growth = made.dtype.itemsize - given.dtype.itemsize
    return (InPlace(position, max(growth, 0) * given.size),)


def windowed_lead(
    op: Op,
    graph: Graph,
    windows: tuple[Window, Window],
    strides: tuple[int, int],
    *,
    gathers: bool = False,
) -> tuple[InPlace, ...]:
    """For a kernel that writes pixel after pixel, each with all channels, from a window of NHWC.

    Args:
        op: input 0 and output are NHWC, of one type.
        graph: its graph.
        windows: output size and leading padding of rows and columns.
        strides: of rows and columns.
        gathers: the kernel reads the whole window of a pixel, or of some neighbouring pixels,
            before it writes any of them. Otherwise a pixel may be written before its window is
            done with.

    Returns:
        KernelChoice.in_place.
    """
    batches, height, width, channels = graph.input(op, 0).shape
    *_, filters = graph.output(op).shape
    needed = _needed(graph.input(op, 0).shape, windows, strides)
    if gathers:
        needed = np.append(needed[1:], height * width)
    written = np.arange(1, needed.size + 1)
    ahead = int((written * filters - needed * channels).max())
    # Every further batch shifts the output against the input by the difference of their sizes.
    drift = needed.size * filters - height * width * channels
    elements = max(ahead + max(drift, 0) * (batches - 1), 0)
    return (InPlace(0, elements * graph.output(op).dtype.itemsize),)


def blocked_lead(
    op: Op,
    graph: Graph,
    windows: tuple[Window, Window],
    strides: tuple[int, int],
    block: int,
    *,
    gathers: bool,
) -> tuple[InPlace, ...]:
    """For a kernel that writes so many pixels together, counted through all batches.

    Args:
        op: input 0 and output are NHWC int8.
        graph: its graph.
        windows: output size and leading padding of rows and columns.
        strides: of rows and columns.
        block: pixels; the last block may have fewer.
        gathers: the kernel reads the windows of a block before it writes any of it. Otherwise it
            may read them until the whole block is written.

    Returns:
        KernelChoice.in_place.
    """
    batches, height, width, channels = graph.input(op, 0).shape
    *_, filters = graph.output(op).shape
    needed = _needed(graph.input(op, 0).shape, windows, strides)
    first = np.arange(0, batches * needed.size, block)
    needed = first // needed.size * (height * width) + needed[first % needed.size]
    written = np.minimum(first + block, batches * windows[0].size * windows[1].size)
    if gathers:
        needed = np.append(needed[1:], batches * height * width)
    return (InPlace(0, max(int((written * filters - needed * channels).max()), 0)),)


def _needed(
    shape: tuple[int, ...], windows: tuple[Window, Window], strides: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """The first input pixel that each output pixel of a batch or a later one reads."""
    _, height, width, _ = shape
    rows, columns = windows
    first_row = np.clip(np.arange(rows.size) * strides[0] - rows.pad, 0, height - 1)
    first_column = np.clip(np.arange(columns.size) * strides[1] - columns.pad, 0, width - 1)
    # The next row of outputs may need the same row of inputs again, from its start.
    again = np.append(first_row[1:] == first_row[:-1], False)
    needed = first_row[:, None] * width + np.where(again[:, None], 0, first_column[None, :])
    return needed.ravel().astype(np.int64)


def banded_lead(op: Op, graph: Graph, rows: Window, stride: int, band: int) -> tuple[InPlace, ...]:
    """For a kernel that writes `band` rows of outputs in any order, then the next ones.

    Args:
        op: input 0 and output are NHWC int8.
        graph: its graph.
        rows: output rows and padding above.
        stride: of the rows.
        band: rows that are written together.

    Returns:
        KernelChoice.in_place.
    """
    batches, height, width, channels = graph.input(op, 0).shape
    _, _, columns, filters = graph.output(op).shape
    first = np.arange(0, rows.size, band)
    needed = np.clip(first * stride - rows.pad, 0, height) * width * channels
    written = np.minimum(first + band, rows.size) * columns * filters
    drift = rows.size * columns * filters - height * width * channels
    ahead = int((written - needed).max())
    return (InPlace(0, max(ahead + max(drift, 0) * (batches - 1), 0)),)

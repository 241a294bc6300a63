"""FULLY_CONNECTED on cores with the DSP extension by the body of the small convolution.

A row is a pixel. The body computes three pixels at a time, so that a single row takes about three
times the instructions of a kernel of its own, and no code.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_small import convolution
from edgekit.ops import KernelChoice
from edgekit.ops._common import quant_of
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """No weight of -128, requantization proven."""
    units, depth = graph.input(op, 1).shape
    rows = graph.input(op, 0).size // depth
    geometry = {
        "batches": 1,
        "input_h": 1,
        "input_w": rows,
        "input_c": depth,
        "output_h": 1,
        "output_w": rows,
        "output_c": units,
        "kernel_h": 1,
        "kernel_w": 1,
        "stride_h": 1,
        "stride_w": 1,
        "dilation_h": 1,
        "pad_h": 0,
        "pad_w": 0,
        "input_zero_point": quant_of(graph.input(op, 0)).zero_point,
    }
    return convolution(op, graph, geometry, [*range(depth), *[-1] * (-depth % 8)])

"""Inputs of one type side by side along an axis: what CONCATENATION and PACK share."""

from __future__ import annotations

import math

from edgekit.ir import DType, Graph, Op
from edgekit.ir.graph import ABSENT
from edgekit.ops._common import LIMITS, wrong_dtype, wrong_quant
from edgekit.ops._elementwise import wrong_same_quant
from edgekit.ops._kernel import KernelCall, KernelChoice


def some_inputs(op: Op, graph: Graph) -> str | None:
    """The op must have at least one input, and none left out."""
    if op.inputs and ABSENT not in op.inputs and len(op.outputs) == 1:
        return None
    return f"the inputs {op.inputs} and {len(op.outputs)} outputs"


def joined_types(op: Op, graph: Graph) -> str | None:
    """Inputs and output must all be int8, all int16 or all float32."""
    output = graph.output(op)
    found = wrong_dtype(output, DType.FLOAT32, *LIMITS)
    for position in range(len(op.inputs)):
        found = found or wrong_dtype(graph.input(op, position), output.dtype)
    return found


def joined_quantization(op: Op, graph: Graph) -> str | None:
    """Quantized inputs must have the output's scale and zero point: TFLite Micro does not
    rescale.
    """
    output = graph.output(op)
    if output.dtype not in LIMITS:
        return None
    found = wrong_quant(output)
    for position in range(len(op.inputs)):
        tensor = graph.input(op, position)
        found = found or wrong_quant(tensor) or wrong_same_quant(tensor, output)
    return found


def join_kernel(op: Op, graph: Graph, axis: int) -> KernelChoice:
    """Portable C; one call per input.

    Args:
        op: CONCATENATION or PACK.
        graph: its graph.
        axis: the output's, along which the inputs follow each other; not negative.
    """
    output = graph.output(op)
    rows = math.prod(output.shape[:axis])
    offset = 0
    calls = []
    for position in range(len(op.inputs)):
        row_bytes = graph.input(op, position).nbytes // rows
        params = (
            ("rows", rows),
            ("row_bytes", row_bytes),
            ("output_row_bytes", output.nbytes // rows),
            ("output_offset", offset),
        )
        calls.append(KernelCall(params, inputs=(position,)))
        offset += row_bytes
    return KernelChoice("concatenation", "bytes", tuple(calls))

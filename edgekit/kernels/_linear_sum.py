"""ADD and SUB by two multiplications and a shift, proven for all 65,536 pairs of values."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgekit import ops
from edgekit.ir import Graph, Op
from edgekit.kernels._two_terms import VALUES, TwoTerms, prove
from edgekit.ops._broadcast import loop_params
from edgekit.ops._common import activation_range, quant_of
from edgekit.ops._kernel import Cost, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead


def linear_sum(op: Op, graph: Graph, sign: int) -> KernelChoice | None:
    """The kernel of an op that adds (1) or subtracts (-1) its second input, or None."""
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    form = _form(op, graph, sign, low, high)
    if form is None:
        return None
    params = (
        *loop_params(op, graph),
        ("input1_factor", form.first),
        ("input2_factor", form.second),
        ("addend", form.addend),
        ("exponent", form.exponent),
        ("output_min", low),
        ("output_max", high),
    )
    return KernelChoice(
        "add",
        "s8_linear",
        (KernelCall(params, inputs=(0, 1)),),
        # Measured on the M4, resnet8: 7.2 instructions per element.
        cost=Cost(7.5 * graph.output(op).size, 180),
        own_params=True,
        in_place=(*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1)),
    )


def linear_sum_mve(op: Op, graph: Graph, sign: int) -> KernelChoice | None:
    """The same form, four elements at a time."""
    linear = linear_sum(op, graph, sign)
    if linear is None:
        return None
    cost = Cost(1.9 * graph.output(op).size + 40, 300)
    return dataclasses.replace(linear, variant="s8_mve", cost=cost)


def _form(op: Op, graph: Graph, sign: int, low: int, high: int) -> TwoTerms | None:
    values = VALUES.astype(np.int8)
    result = ops.find(op.kind).reference(op, graph, [values[:, None], values[None, :]])
    output = quant_of(graph.output(op))
    inputs = [quant_of(graph.input(op, i)) for i in (0, 1)]
    ratios = (inputs[0].scale / output.scale, sign * inputs[1].scale / output.scale)
    zero = output.zero_point - sum(r * q.zero_point for r, q in zip(ratios, inputs, strict=True))
    return prove(result.astype(np.int64), ratios, zero, low, high)

"""ADD by two multiplications and a shift, proven for all 65,536 pairs of values."""

from __future__ import annotations

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.kernels._two_terms import VALUES, TwoTerms, prove
from edgekit.ops import add
from edgekit.ops._broadcast import loop_params
from edgekit.ops._common import activation_range, quant_of
from edgekit.ops._kernel import Cost, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.targets import Target

OP = "ADD"
REQUIRES: frozenset[str] = frozenset()


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """For every core; None where no such form equals the reference."""
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    form = _form(op, graph, low, high)
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


def _form(op: Op, graph: Graph, low: int, high: int) -> TwoTerms | None:
    values = VALUES.astype(np.int8)
    table = add.reference(op, graph, [values[:, None], values[None, :]]).astype(np.int64)
    output = quant_of(graph.output(op))
    inputs = [quant_of(graph.input(op, i)) for i in (0, 1)]
    ratios = (inputs[0].scale / output.scale, inputs[1].scale / output.scale)
    zero = output.zero_point - sum(r * q.zero_point for r, q in zip(ratios, inputs, strict=True))
    return prove(table, ratios, zero, low, high)

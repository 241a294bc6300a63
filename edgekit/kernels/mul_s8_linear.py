"""MUL with a certified requantization: one high multiplication and a shift."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._certify import Linear, common_exponent
from edgekit.kernels._thresholds import Requant
from edgekit.ops._broadcast import loop_params
from edgekit.ops._common import INT8_MAX, INT8_MIN, activation_range, quant_of
from edgekit.ops._kernel import Cost, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.ops._quant import quantize_multiplier
from edgekit.targets import Target

OP = "MUL"
REQUIRES: frozenset[str] = frozenset()

# Products are within 17 bits and a sign, so this shift keeps them within 32 bits.
_MAX_PRESCALE = 13


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """For every core; None where neither the linear nor the signed form equals the reference."""
    output = quant_of(graph.output(op))
    low, high = activation_range(op.attrs.fused_activation_function, output)
    form = _form(op, graph, low, high)
    if form is None:
        return None
    params = (
        *loop_params(op, graph),
        ("input1_zero_point", quant_of(graph.input(op, 0)).zero_point),
        ("input2_zero_point", quant_of(graph.input(op, 1)).zero_point),
        ("multiplier", form.multiplier),
        ("addend", form.addend),
        ("negative_step", form.step),
        ("prescale", form.prescale),
        ("exponent", form.exponent),
        ("output_min", low),
        ("output_max", high),
    )
    return KernelChoice(
        "mul",
        "s8_linear",
        (KernelCall(params, inputs=(0, 1)),),
        cost=Cost((13 if form.step else 11) * graph.output(op).size, 180),
        own_params=True,
        in_place=(*elementwise_lead(op, graph, 0), *elementwise_lead(op, graph, 1)),
    )


def _form(op: Op, graph: Graph, low: int, high: int) -> Linear | None:
    inputs, output = [quant_of(graph.input(op, i)) for i in (0, 1)], quant_of(graph.output(op))
    scales = [float(each.scale) for each in inputs]
    multiplier, shift = quantize_multiplier(scales[0] * scales[1] / output.scale)
    ends = [(INT8_MIN - each.zero_point, INT8_MAX - each.zero_point) for each in inputs]
    products = [a * b for a in ends[0] for b in ends[1]]
    requant = [Requant(multiplier, shift, output.zero_point, low, high)]
    interval = [(min(*products, 0), max(*products, 0))]
    for signed in (False, True):
        forms = common_exponent(requant, interval, [_MAX_PRESCALE], signed=signed)
        if forms is not None:
            return forms[0]
    return None

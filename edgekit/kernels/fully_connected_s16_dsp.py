"""FULLY_CONNECTED of int16 on cores with the DSP extension."""

from __future__ import annotations

from edgekit.ir import DType, Graph, Op
from edgekit.kernels._wide_sums import WORD, packed, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice
from edgekit.ops._common import INT8_MIN, INT16_MIN
from edgekit.ops._quant import INT32_MAX
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"dsp"})
VALUES = DType.INT16

_UNITS = 4
# Whatever the weights are, so many words of them have sums that fit 32 bits.
_RUN = INT32_MAX // (WORD * INT8_MIN * INT16_MIN)


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Sums that fit 64 bits when they are scaled."""
    units, depth = graph.input(op, 1).shape
    sums = sums_of(op, graph)
    if sums is None:
        return None
    rows = graph.input(op, 0).size // depth
    words = -(-depth // WORD)
    params = (
        ("rows", rows),
        ("depth", depth),
        ("units", units),
        *sums.limits,
        ("run", words if sums.fit_32_bits else _RUN),
        ("weights", ConstArray("weights", packed(sums.weights, _UNITS))),
        *sums.results,
    )
    return KernelChoice(
        "fully_connected",
        "s16_dsp",
        (KernelCall(params),),
        cost=_cost(rows * -(-units // _UNITS), words),
        own_params=True,
    )


def _cost(blocks: int, words: int) -> Cost:
    """Instructions of the assembler, and what was counted of the C around it."""
    return Cost(blocks * (words * 23 + _UNITS * 16), 400)

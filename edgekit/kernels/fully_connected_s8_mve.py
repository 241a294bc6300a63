"""FULLY_CONNECTED on cores with MVE: 16 products an instruction, 4 units a block."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.kernels._dsp_sums import Int32, Steps, as_words, unrolled
from edgekit.kernels._mve_sums import VECTOR_BYTES, Mode, Sums, byte_words, steps_of, sums_of
from edgekit.ops import ConstArray, Cost, KernelCall, KernelChoice, WeightBlocks
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES = frozenset({"mve"})

_UNITS = 4
# Instructions of a step, and how many steps may be written out.
_STEP = 9
_LONGEST = 10


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Always."""
    units, depth = graph.input(op, 1).shape
    rows = graph.input(op, 0).size // depth
    sums = sums_of(op, graph)
    steps = unrolled(-(-depth // VECTOR_BYTES) - 1, rows * units / _UNITS, _STEP * 4, _LONGEST)
    shared = _shared(sums)
    words = -(-depth // VECTOR_BYTES) * VECTOR_BYTES // 4
    forms = _UNITS * (1 if shared[0] else len(sums.form))
    layout = WeightBlocks(_UNITS * words, after=forms, channels="units" if rows == 1 else "")
    stream = _stream(sums, shared=shared[0] != 0)
    params = (
        ("rows", rows),
        ("depth", depth),
        ("units", units),
        ("output_zero_point", sums.zero_point),
        ("output_min", sums.low),
        ("output_max", sums.high),
        ("mode", int(sums.mode)),
        ("multiplier", shared[0]),
        ("shift", shared[1]),
        ("head", steps.head),
        ("unroll", steps.unroll),
        ("loops", steps.loops),
        ("stream", ConstArray("weights", stream, layout)),
    )
    # Machine code as it was measured on ad01 and kws_ref.
    code = 112 + 4 * _STEP * (steps.body + 1) + (0 if sums.mode is Mode.RELU else 44)
    cost = Cost(rows * _row_instructions(units, steps, sums), code)
    return KernelChoice(
        "fully_connected",
        "s8_mve",
        (KernelCall(params),),
        VECTOR_BYTES,
        cost,
        own_params=True,
    )


def _shared(sums: Sums) -> tuple[int, int]:
    """Multiplier and shift of all units, or zeros where they differ."""
    multiplier, shift = sums.form[1], sums.form[2]
    if sums.mode is Mode.GENERAL or np.ptp(multiplier) or np.ptp(shift):
        return 0, 0
    return int(multiplier[0]), int(shift[0])


def _stream(sums: Sums, *, shared: bool) -> Int32:
    """Weights and forms of four units at a time, as the block reads them."""
    words = byte_words(steps_of(sums.weights))
    more = -len(words) % _UNITS
    words = np.pad(words, ((0, more), (0, 0), (0, 0)))
    form = np.pad(sums.form[:1] if shared else sums.form, ((0, 0), (0, more)))
    parts: list[npt.ArrayLike] = []
    for unit in range(0, len(words), _UNITS):
        parts += [words[unit : unit + _UNITS].swapaxes(0, 1), form[:, unit : unit + _UNITS]]
    return as_words(parts)


def _row_instructions(units: int, steps: Steps, sums: Sums) -> float:
    """Counted in the assembler."""
    count = steps.head + steps.unroll * steps.loops
    tail = {Mode.RELU: 15, Mode.SIGNED: 17, Mode.GENERAL: 22}[sums.mode] + 3 * sums.clamps
    tail += 3 if units % _UNITS else 0
    return (_STEP * (count + 1) + steps.overhead + tail) * -(-units // _UNITS) + 20

"""FULLY_CONNECTED on cores that multiply 32 bits by 32 and have no DSP extension: two units at
once.
"""

from __future__ import annotations

import numpy as np

from edgekit.ir import Graph, Op
from edgekit.kernels import _swar, _swar_cost
from edgekit.ops import ConstArray, KernelCall, KernelChoice
from edgekit.ops._kernel import ParamValue
from edgekit.targets import Target

OP = "FULLY_CONNECTED"
REQUIRES: frozenset[str] = frozenset()

_UNITS_OF_A_WORD = 4
# Cores with blocks of eight units: in assembler, or with many registers.
_WIDE = frozenset({"thumb1", "thumb2", "rv32"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Cores with nothing better: any even depth where the products of two taps fit 16 bits."""
    depth = graph.input(op, 1).shape[1]
    if target.core.features & _swar.BETTER or depth % 2:
        return None
    layer = _swar.layer_of(op, graph, axis=0)
    units = len(layer.weights)
    wide = target.core.features & _WIDE and units >= 2 * _UNITS_OF_A_WORD
    words = 2 if wide else 1
    block = words * _UNITS_OF_A_WORD
    chunks = [_swar.common_pairs(layer.weights[i : i + block]) for i in range(0, units, block)]
    if not all(chunks):
        return None
    rows = graph.input(op, 0).size // depth
    lengths = [length for each in chunks for length in (*each, 0)]
    params: tuple[tuple[str, ParamValue], ...] = (
        ("rows", rows),
        ("depth", depth),
        ("units", units),
        ("words", words),
        *layer.params,
        ("chunks", ConstArray("chunks", np.array(lengths, np.uint8))),
        ("weights", ConstArray("weights", _words(layer.weights, words))),
        ("forms", _forms(layer, np.repeat([len(each) for each in chunks], block)[:units])),
    )
    return KernelChoice(
        "fully_connected",
        "s8_swar",
        (KernelCall(params),),
        cost=_swar_cost.fully_connected(
            target, layer, rows, words, len(chunks), sum(map(len, chunks))
        ),
        own_params=True,
    )


def _words(weights: _swar.Int64, words: int) -> _swar.Int32:
    """[blocks, depth, words] of four unsigned bytes, the first unit in the lowest one."""
    units, depth = weights.shape
    block = words * _UNITS_OF_A_WORD
    padded = np.pad(weights, ((0, -units % block), (0, 0))) + 128
    blocks = padded.reshape(-1, words, _UNITS_OF_A_WORD, depth).transpose(0, 3, 1, 2)
    shifts = np.arange(_UNITS_OF_A_WORD) * 8
    joined: _swar.Int32 = (blocks << shifts).sum(axis=-1).astype(np.uint32).view(np.int32)
    return joined


def _forms(layer: _swar.Layer, counts: _swar.Int64) -> ConstArray:
    """Per unit what a sum begins with, and the form; `counts` are the chunks of its block."""
    lower = np.arange(len(layer.bias)) % _UNITS_OF_A_WORD < 2
    start = layer.bias - np.where(lower, counts * 2**15, 0)
    rows = np.concatenate([start[:, None], layer.form_rows()], axis=1)
    return ConstArray("forms", rows.astype(np.uint32).view(np.int32))

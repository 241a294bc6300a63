"""Plays a stream on the arena's bytes, from the ops' own windows: rows read, made and moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgekit import ops
from edgekit.ir import Graph
from edgekit.memory._plan import MemoryPlan
from edgekit.ops import Band, InPlace, KernelChoice, Stream

NOTHING = -1
_Bytes = npt.NDArray[np.int64]


class PlanError(AssertionError):
    """The plan would let one value overwrite another: a defect of edgekit."""


def content(value: int, start: int, count: int) -> _Bytes:
    """What `count` bytes of a tensor hold, from its byte `start` on."""
    held: _Bytes = (np.int64(value) << 32) + np.arange(start, start + count, dtype=np.int64)
    return held


def allowed(rule: InPlace, source: int, result: int) -> bool:
    """Whether an output may start at `result` and destroy an input that starts at `source`."""
    return result == source if rule.exact else result + rule.lead <= source


def play_stream(
    graph: Graph,
    plan: MemoryPlan,
    stream: Stream,
    choices: Sequence[KernelChoice],
    arena: _Bytes,
) -> None:
    """Run a stream, step by step, on the bytes of the arena.

    Raises:
        PlanError: a row is read that is not there or not whole, is written outside of its
            buffer, computed twice or never, or overwritten too early.
    """
    player = _Player(graph, plan, stream, arena)
    for step, bands in enumerate(stream.steps):
        for position, band in zip(stream.positions, bands, strict=True):
            if band.made.count:
                player.run(step, position, band, choices[position])
        player.move(step)
    player.finish()


class _Player:
    """The arena while a stream runs."""

    def __init__(self, graph: Graph, plan: MemoryPlan, stream: Stream, arena: _Bytes) -> None:
        self._graph, self._plan, self._stream, self._arena = graph, plan, stream, arena
        self._done = dict.fromkeys(stream.positions, 0)
        self._maker = {graph.ops[p].outputs[0]: p for p in stream.positions if p != stream.last}

    def _room(self, index: int) -> int:
        """The first byte behind a tensor's buffer."""
        return next(a.end for a in self._plan.allocations if index in a.buffer.tensors)

    def _place(self, step: int, index: int, first: int, count: int) -> slice:
        """Where rows of a tensor lie during a step."""
        tensor = self._graph.tensors[index]
        base = 0
        if index in self._maker:
            base = self._stream.band(step, self._maker[index]).base
        row = ops.row_bytes(tensor)
        start = self._plan.offset(index) + (first - base) * row
        end = start + count * row
        if first < base or end > min(self._room(index), self._arena.size):
            raise PlanError(
                f"step {step}: rows {first} to {first + count} of {tensor.name!r} lie outside of "
                "their buffer"
            )
        return slice(start, end)

    def _content(self, index: int, first: int, count: int) -> _Bytes:
        row = ops.row_bytes(self._graph.tensors[index])
        return content(index, first * row, count * row)

    def run(self, step: int, position: int, band: Band, choice: KernelChoice) -> None:
        """One op's band."""
        op = self._graph.ops[position]
        where = f"op {position} ({op.kind}), step {step}"
        if band.made.first != self._done[position]:
            raise PlanError(
                f"{where}: rows from {band.made.first}, {self._done[position]} are made"
            )
        self._done[position] = band.made.end
        given = {i: s for s, i in enumerate(op.inputs) if i >= 0}
        given = {i: s for i, s in given.items() if not self._graph.tensors[i].is_const}
        window = ops.row_window(op, self._graph)
        assert window is not None
        for index in given:
            rows = window.read(band.made.first, band.made.count, self._height(index))
            if rows != band.read:
                raise PlanError(f"{where}: reads {band.read}, and the op needs {rows}")
        out = op.outputs[0]
        result = self._place(step, out, band.made.first, band.made.count)
        self._scratch(where, position, choice.scratch_bytes, result)
        for index in given:
            self._require(where, step, index, band)
        self._arena[result] = self._content(out, band.made.first, band.made.count)
        for index, slot in given.items():
            source = self._place(step, index, band.read.first, band.read.count)
            rules = [rule for rule in choice.in_place if rule.slot == slot]
            if not any(allowed(rule, source.start, result.start) for rule in rules):
                self._require(where, step, index, band)

    def _height(self, index: int) -> int:
        return ops.height(self._graph.tensors[index])

    def _require(self, where: str, step: int, index: int, band: Band) -> None:
        """Hold that what a band reads is there; a whole tensor that is an alias has its rows."""
        place = self._place(step, index, band.read.first, band.read.count)
        row = ops.row_bytes(self._graph.tensors[index])
        held = self._arena[place] & 0xFFFFFFFF
        offsets = np.arange(band.read.first * row, band.read.end * row, dtype=np.int64)
        values = set((self._arena[place] >> 32).tolist())
        named = values == {self._value(index)}
        if not named or not np.array_equal(held, offsets):
            name = self._graph.tensors[index].name
            raise PlanError(f"{where}: rows {band.read} of {name!r} are not there or lost")

    def _value(self, index: int) -> int:
        """The tensor whose value another one passes on unchanged."""
        makers = {op.outputs[0]: op for op in self._graph.ops}
        while index in makers and ops.aliases(makers[index], self._graph):
            index = makers[index].inputs[0]
        return index

    def _scratch(self, where: str, position: int, nbytes: int, result: slice) -> None:
        """Scratch is written while the inputs are read and the output is written."""
        if not nbytes:
            return
        start = self._plan.scratch(position)
        if start is None or start + nbytes > self._arena.size:
            raise PlanError(f"{where}: no scratch")
        if start < result.stop and result.start < start + nbytes:
            raise PlanError(f"{where}: the scratch lies in the output")
        self._arena[start : start + nbytes] = NOTHING

    def move(self, step: int) -> None:
        """What later steps need moves to the begin of its buffer."""
        for index, maker in self._maker.items():
            band = self._stream.band(step, maker)
            base = self._stream.base(step + 1, maker)
            if base < band.base or base > band.made.end:
                raise PlanError(f"step {step}: keeps row {base} of {band}")
            kept = self._place(step, index, base, band.made.end - base)
            start = self._plan.offset(index)
            self._arena[start : start + kept.stop - kept.start] = self._arena[kept].copy()

    def finish(self) -> None:
        """Everything must have been made."""
        last = self._graph.ops[self._stream.last].outputs[0]
        if self._done[self._stream.last] != self._height(last):
            raise PlanError(f"op {self._stream.last} makes {self._done} rows")

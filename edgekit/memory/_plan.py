"""The memory plan as data."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.ops import Stream


@dataclass(frozen=True, slots=True)
class Buffer:
    """Bytes that must stay whole for some time.

    Attributes:
        tensors: indices of the tensors that share it; empty for an op's scratch.
        nbytes: size, padded to the alignment.
        first: position of the op that writes it, -1 for a model input.
        last: position of the last op that reads it; the number of ops for a model output.
    """

    tensors: tuple[int, ...]
    nbytes: int
    first: int
    last: int

    def meets(self, other: Buffer) -> bool:
        """Whether both are needed at some time."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Overlap:
    """An output or scratch that may reach into an input of its op, which nothing reads later.

    Attributes:
        source: position of the input's buffer.
        result: position of the output's or scratch's buffer.
        lead: the result starts at least so many bytes before the source.
        exact: the result starts where the source does, or does not touch it.
    """

    source: int
    result: int
    lead: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """A buffer at its place in the arena."""

    buffer: Buffer
    offset: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.buffer.nbytes


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Where everything lives.

    Attributes:
        allocations: every buffer with its offset, by first use, then offset.
        arena_bytes: size of the arena.
        bound_bytes: the most bytes that are alive at one time: no plan can need less.
        alignment_bytes: what every offset is a multiple of.
        streams: ops that run together, band by band, by position.
    """

    allocations: tuple[Allocation, ...]
    arena_bytes: int
    bound_bytes: int
    alignment_bytes: int
    streams: tuple[Stream, ...] = ()

    def offset(self, tensor: int) -> int:
        """A tensor's offset.

        Raises:
            KeyError: it is not in the arena (a constant, or unused).
        """
        for allocation in self.allocations:
            if tensor in allocation.buffer.tensors:
                return allocation.offset
        raise KeyError(tensor)

    def stream(self, op: int) -> Stream | None:
        """The stream that an op is part of."""
        return next((s for s in self.streams if op in s.positions), None)

    def scratch(self, op: int) -> int | None:
        """The offset of an op's scratch, None where it has none."""
        for allocation in self.allocations:
            if not allocation.buffer.tensors and allocation.buffer.first == op:
                return allocation.offset
        return None

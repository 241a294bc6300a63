"""The binary requests of the console, as pure functions; docs/protocol.md has the whole protocol.

A frame is `type, seq, payload, CRC-16`, coded by COBS, with a zero byte on either side. Between
frames the device may send lines of text, which belong to the MLPerf Tiny protocol.
"""

from __future__ import annotations

import binascii
import enum
import struct
from dataclasses import dataclass

from cobs import cobs

VERSION = 3

_HELLO = struct.Struct("<BHIIIIHHH16s")
_TRACE = struct.Struct("<III")
_SYSTEM = struct.Struct("<11I")
_LONGEST_TEXT = 4096


class Request(enum.IntEnum):
    """What the host may ask."""

    HELLO = 0x80
    WRITE_INPUT = 0x81
    INVOKE = 0x82
    READ_OUTPUT = 0x83
    TRACE = 0x84
    RUN_TO = 0x85
    READ_OP_OUTPUT = 0x86
    STACK = 0x87
    CHECK = 0x88
    SYSTEM = 0x89


class Status(enum.IntEnum):
    """How the device answers."""

    OK = 0
    LENGTH = 1
    RANGE = 2
    ORDER = 3
    ABSENT = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that arrived whole: type, seq and payload."""

    type: int
    seq: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the device is.

    Attributes:
        protocol: version of this protocol.
        model: the model's name.
        build_id: 16 hex digits that name the generated sources.
        inputs: number of inputs.
        outputs: number of outputs.
        ops: number of ops.
        input_bytes: of all inputs together.
        arena_bytes: size of the arena.
        tick_hz: rate of the timer on the real chip.
        overhead_ticks: what reading the timer costs; already subtracted from every measurement.
        max_payload: the longest payload of a frame.
    """

    protocol: int
    model: str
    build_id: str
    inputs: int
    outputs: int
    ops: int
    input_bytes: int
    arena_bytes: int
    tick_hz: int
    overhead_ticks: int
    max_payload: int


@dataclass(frozen=True, slots=True)
class OpTrace:
    """One op, run by itself: CRC-32 (zlib's) and length of its output, and its ticks."""

    crc32: int
    bytes: int
    ticks: int


@dataclass(frozen=True, slots=True)
class System:
    """What a device says of core, chip and build: registers as they are.

    Attributes:
        first: the family of the core (bits 7 to 0), and what the compiler might use.
        identity: CPUID or misa.
        ccr, clidr, cpacr, isar3, mvfr0, mvfr1: of an Arm core with a main extension; of a RISC-V
            core the first two are mvendorid and marchid.
        cache: the register of the chip's own cache; 0 where its soc.toml names none.
        cycles: of the core's counter in a short while; 0 where it has none.
        ticks: of the port's timer in the same while.
        compiler: its version.
        flags: how it was called for the model.
    """

    first: int
    identity: int
    ccr: int
    clidr: int
    cpacr: int
    isar3: int
    mvfr0: int
    mvfr1: int
    cache: int
    cycles: int
    ticks: int
    compiler: str
    flags: str


class ProtocolError(ValueError):
    """An answer that is whole but makes no sense."""


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(kind: int, seq: int, payload: bytes = b"") -> bytes:
    """A frame as it goes over the line, with the zeros around it."""
    plain = bytes([kind, seq]) + payload
    coded: bytes = cobs.encode(plain + struct.pack("<H", crc16(plain)))
    return b"\0" + coded + b"\0"


def decode(chunk: bytes) -> Frame | None:
    """What stood between two zeros, or None if it is no whole frame."""
    try:
        plain = cobs.decode(chunk)
    except cobs.DecodeError:
        return None
    if len(plain) < 4 or plain[0] not in Request.__members__.values():
        return None
    if struct.unpack("<H", plain[-2:])[0] != crc16(plain[:-2]):
        return None
    return Frame(plain[0], plain[1], plain[2:-2])


class Splitter:
    """Sorts what a device sends into frames and text, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame | str]:
        """Take bytes; returns the frames and the whole lines of text that they complete."""
        *chunks, self._rest = (self._rest + data).split(b"\0")
        items: list[Frame | str] = []
        for chunk in chunks:
            frame = decode(chunk)
            if frame is not None:
                items.append(frame)
            else:
                items += _lines(chunk)
        # Text has no zero behind it: hand out its whole lines, keep what may still be a frame.
        if b"\n" in self._rest and decode(self._rest) is None and _is_text(self._rest):
            text, _, self._rest = self._rest.rpartition(b"\n")
            items += _lines(text)
        self._rest = self._rest[-_LONGEST_TEXT:]
        return items


def _is_text(data: bytes) -> bool:
    """A frame's second byte is its type, which no text contains."""
    return len(data) < 2 or data[1] < 0x80


def _lines(data: bytes) -> list[str]:
    """The lines of a piece of text; bytes that are not ASCII are noise."""
    text = bytes(b for b in data if b == 10 or 32 <= b < 127).decode("ascii")
    return [line for line in text.split("\n") if line]


def parse_hello(payload: bytes) -> Hello:
    """The answer to HELLO.

    Raises:
        ProtocolError: it is too short, or of another protocol version.
    """
    if payload[:1] != bytes([VERSION]):
        spoken = payload[0] if payload else "nothing"
        raise ProtocolError(f"the firmware speaks protocol {spoken}, edgekit speaks {VERSION}")
    if len(payload) < _HELLO.size:
        raise ProtocolError("the answer to HELLO is too short")
    values = _HELLO.unpack_from(payload)
    version, most, tick_hz, overhead, arena, input_bytes, inputs, outputs, ops, build_id = values
    return Hello(
        protocol=version,
        model=payload[_HELLO.size :].decode("ascii", "replace"),
        build_id=build_id.decode("ascii", "replace"),
        inputs=inputs,
        outputs=outputs,
        ops=ops,
        input_bytes=input_bytes,
        arena_bytes=arena,
        tick_hz=tick_hz,
        overhead_ticks=overhead,
        max_payload=most,
    )


def parse_trace(payload: bytes) -> list[OpTrace]:
    """One page of the answer to TRACE.

    Raises:
        ProtocolError: it is no whole number of entries.
    """
    if len(payload) % _TRACE.size or not payload:
        raise ProtocolError("the answer to TRACE has a part of an entry")
    return [OpTrace(*entry) for entry in _TRACE.iter_unpack(payload)]


def parse_number(payload: bytes) -> int:
    """An answer of one 32-bit number.

    Raises:
        ProtocolError: it has another length.
    """
    if len(payload) != 4:
        raise ProtocolError(f"expected 4 bytes, got {len(payload)}")
    return int.from_bytes(payload, "little")


def parse_check(payload: bytes) -> tuple[int, int]:
    """The answer to CHECK: CRC-32 of the loaded inputs, and the requests executed since boot.

    Raises:
        ProtocolError: it has another length.
    """
    if len(payload) != 8:
        raise ProtocolError(f"expected 8 bytes, got {len(payload)}")
    return int.from_bytes(payload[:4], "little"), int.from_bytes(payload[4:], "little")


def parse_system(payload: bytes) -> System:
    """The answer to SYSTEM.

    Raises:
        ProtocolError: it is too short.
    """
    if len(payload) < _SYSTEM.size:
        raise ProtocolError("the answer to SYSTEM is too short")
    text = payload[_SYSTEM.size :].decode("ascii", "replace")
    compiler, _, flags = text.partition("\n")
    values = (*_SYSTEM.unpack_from(payload), compiler, flags)
    return System(*values)

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit.harness import protocol
from edgekit.harness.protocol import Frame, ProtocolError, Request, Splitter

KINDS = st.sampled_from(list(Request))
PAYLOADS = st.binary(max_size=248)


@given(KINDS, st.integers(0, 255), PAYLOADS)
def test_a_frame_survives(kind: Request, seq: int, payload: bytes) -> None:
    wire = protocol.encode(kind, seq, payload)
    assert wire[0] == wire[-1] == 0
    assert 0 not in wire[1:-1]
    assert len(wire) == len(payload) + 7
    assert wire[2] == kind  # the device tells frames from text by this byte
    assert protocol.decode(wire[1:-1]) == Frame(kind, seq, payload)


@given(KINDS, PAYLOADS, st.data())
def test_one_wrong_bit_is_noticed(kind: Request, payload: bytes, data: st.DataObject) -> None:
    wire = bytearray(protocol.encode(kind, 7, payload)[1:-1])
    position = data.draw(st.integers(0, len(wire) - 1))
    wire[position] ^= 1 << data.draw(st.integers(0, 7))
    assert protocol.decode(bytes(wire)) is None


@given(
    st.lists(st.tuples(KINDS, st.integers(0, 255), PAYLOADS), max_size=5),
    st.lists(st.integers(0, 1500), max_size=20),
)
@settings(max_examples=50)
def test_pieces_do_not_matter(frames: list[tuple[Request, int, bytes]], cuts: list[int]) -> None:
    wire = b"m-ready\r\n".join(protocol.encode(*f) for f in frames) + b"m-ready\r\n"
    ends = [*sorted(c for c in cuts if c < len(wire)), len(wire)]
    splitter = Splitter()
    items = [i for a, b in zip([0, *ends], ends, strict=False) for i in splitter.feed(wire[a:b])]
    assert [i for i in items if isinstance(i, Frame)] == [Frame(*f) for f in frames]
    assert [i for i in items if isinstance(i, str)] == ["m-ready"] * max(len(frames), 1)


@given(st.binary(max_size=600).filter(lambda noise: not noise.endswith(b"\n")))
def test_noise_ends_at_the_next_frame(noise: bytes) -> None:
    splitter = Splitter()
    splitter.feed(noise)
    items = splitter.feed(protocol.encode(Request.HELLO, 1, b"x"))
    assert Frame(Request.HELLO, 1, b"x") in items


def test_noise_without_end_is_not_kept() -> None:
    splitter = Splitter()
    for _ in range(100):
        splitter.feed(b"\xff" * 1000)
    assert len(splitter._rest) <= 4096


def test_lines_come_as_soon_as_they_end() -> None:
    splitter = Splitter()
    assert splitter.feed(b"m-re") == []
    assert splitter.feed(b"ady\r\nm-") == ["m-ready"]
    assert splitter.feed(b"\xfflap-us-7\r\n") == ["m-lap-us-7"]


def test_crc16_is_the_one_that_is_named() -> None:
    assert protocol.crc16(b"123456789") == 0x29B1


def test_hello() -> None:
    payload = struct.pack(
        "<BHIIIIHHH16s", protocol.VERSION, 248, 84_000_000, 9, 1000, 64, 2, 3, 40, b"f" * 16
    )
    hello = protocol.parse_hello(payload + b"kws")
    assert (hello.model, hello.build_id, hello.tick_hz) == ("kws", "f" * 16, 84_000_000)
    assert (hello.inputs, hello.outputs, hello.ops, hello.input_bytes) == (2, 3, 40, 64)
    with pytest.raises(ProtocolError, match="too short"):
        protocol.parse_hello(payload[:-1])
    with pytest.raises(ProtocolError, match="speaks protocol 1"):
        protocol.parse_hello(b"\x01" + payload[1:])
    with pytest.raises(ProtocolError, match="speaks protocol nothing"):
        protocol.parse_hello(b"")


def test_partial_answers_are_refused() -> None:
    with pytest.raises(ProtocolError):
        protocol.parse_trace(b"\0" * 13)
    with pytest.raises(ProtocolError):
        protocol.parse_trace(b"")
    with pytest.raises(ProtocolError):
        protocol.parse_number(b"abc")

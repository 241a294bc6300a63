"""The firmware's frame code, called in C, against the Python side."""

from __future__ import annotations

import ctypes
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit import proc, resources
from edgekit.harness import protocol
from edgekit.harness.protocol import Request
from tests.support.tiny import need

COMMAND, FRAME = 1, 2


class Receiver(ctypes.Structure):
    _fields_ = (
        ("state", ctypes.c_int),
        ("used", ctypes.c_uint32),
        ("bytes", ctypes.c_uint8 * 253),
    )


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    need("cc")
    root = resources.templates_folder()
    library = tmp_path_factory.mktemp("frames") / "frames.so"
    sources = [root / "harness" / f"ek_{name}.c" for name in ("crc", "frame", "receive")]
    flags = ["-shared", "-fPIC", "-O1", "-std=c11", f"-I{root / 'include'}"]
    proc.run(["cc", *flags, *sources, "-o", library])
    return ctypes.CDLL(str(library))


def receive(code: ctypes.CDLL, data: bytes) -> list[tuple[int, bytes]]:
    """The commands and frame candidates that the device sees."""
    receiver = Receiver()
    events: list[tuple[int, bytes]] = []
    for byte in data:
        event = code.ek_receive(ctypes.byref(receiver), byte)
        if event:
            events.append((event, bytes(receiver.bytes[: receiver.used])))
    return events


@given(st.binary(max_size=300))
def test_checksums(code: ctypes.CDLL, data: bytes) -> None:
    code.ek_crc32.restype = ctypes.c_uint32
    code.ek_crc16.restype = ctypes.c_uint16
    size = ctypes.c_size_t(len(data))
    assert code.ek_crc32(data, size) == zlib.crc32(data)
    assert code.ek_crc16(data, size) == protocol.crc16(data)


@given(st.sampled_from(list(Request)), st.integers(0, 255), st.binary(max_size=248))
def test_encode(code: ctypes.CDLL, kind: int, seq: int, payload: bytes) -> None:
    code.ek_frame_encode.restype = ctypes.c_size_t
    plain = b"\0\0" + bytes([kind, seq]) + payload
    buffer = ctypes.create_string_buffer(plain, 255)
    size = code.ek_frame_encode(buffer, ctypes.c_size_t(len(payload)))
    assert buffer.raw[:size] == protocol.encode(kind, seq, payload)


@given(st.sampled_from(list(Request)), st.integers(0, 255), st.binary(max_size=248))
def test_decode(code: ctypes.CDLL, kind: int, seq: int, payload: bytes) -> None:
    wire = protocol.encode(kind, seq, payload)[1:-1]
    buffer = ctypes.create_string_buffer(wire, 253)
    size = code.ek_frame_decode(buffer, ctypes.c_size_t(len(wire)))
    assert size == len(payload)
    assert buffer.raw[: size + 2] == bytes([kind, seq]) + payload


@given(st.binary(max_size=253))
@settings(max_examples=300)
def test_damage_is_noticed(code: ctypes.CDLL, data: bytes) -> None:
    buffer = ctypes.create_string_buffer(data, 253)
    size = code.ek_frame_decode(buffer, ctypes.c_size_t(len(data)))
    frame = protocol.decode(data)
    assert size == (len(frame.payload) if frame else -1)


def test_commands(code: ctypes.CDLL) -> None:
    assert receive(code, b"name%infer 1 2%\r\n%") == [
        (COMMAND, b"name"),
        (COMMAND, b"infer 1 2"),
        (COMMAND, b""),
    ]


def test_a_long_command_keeps_its_first_80_characters(code: ctypes.CDLL) -> None:
    assert receive(code, b"x" * 500 + b"%name%") == [(COMMAND, b"x" * 80), (COMMAND, b"name")]


@given(st.sampled_from(list(Request)), st.binary(max_size=248))
def test_frames_and_commands_take_turns(code: ctypes.CDLL, kind: int, payload: bytes) -> None:
    wire = protocol.encode(kind, 37, payload)
    events = receive(code, b"name%" + wire + b"help%" + wire + wire + b"name%")
    frame = (FRAME, wire[1:-1])
    name = (COMMAND, b"name")
    assert events == [name, frame, (COMMAND, b"help"), frame, frame, name]


@given(st.binary(max_size=400))
def test_noise_costs_no_frame_behind_it(code: ctypes.CDLL, noise: bytes) -> None:
    wire = protocol.encode(Request.INVOKE, 1)
    assert receive(code, noise + wire)[-1] == (FRAME, wire[1:-1])


@given(st.binary(max_size=400).filter(lambda noise: b"\0" not in noise))
def test_noise_costs_no_command_behind_the_next_one(code: ctypes.CDLL, noise: bytes) -> None:
    """Without a zero no frame begins: at most the command that noise runs into is spoilt."""
    assert receive(code, noise + b"%name%")[-1] == (COMMAND, b"name")


def test_a_frame_that_never_ends_gives_way(code: ctypes.CDLL) -> None:
    start = b"\0\x05\x82"
    assert receive(code, start + b"\x01" * 251 + b"name%") == [(COMMAND, b"name")]
    receiver = Receiver()
    for byte in start:
        code.ek_receive(ctypes.byref(receiver), byte)
    code.ek_receive_gap(ctypes.byref(receiver))
    events = [code.ek_receive(ctypes.byref(receiver), byte) for byte in b"name%"]
    assert events == [0, 0, 0, 0, COMMAND]

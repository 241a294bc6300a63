from __future__ import annotations

import struct

from edgekit import uf2

FAMILY = 0xE48BFF56


def test_blocks() -> None:
    data = bytes(range(256)) * 2 + b"end"
    blocks = uf2.encode(data, 0x1000_0000, FAMILY)
    assert len(blocks) == 3 * 512
    got = b""
    for number in range(3):
        block = blocks[number * 512 : (number + 1) * 512]
        head = struct.unpack("<8I", block[:32])
        assert head[:3] == (0x0A324655, 0x9E5D5157, 0x2000)
        assert head[3:] == (0x1000_0000 + 256 * number, 256, number, 3, FAMILY)
        assert block[-4:] == struct.pack("<I", 0x0AB16F30)
        got += block[32 : 32 + 256]
    assert got == data.ljust(768, b"\0")

"""UF2, the file format of boot loaders that show a drive.

512-byte blocks, each with its address and the chip family; see
https://github.com/microsoft/uf2.
"""

from __future__ import annotations

import struct

PAYLOAD = 256
_START0, _START1, _END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
_FAMILY_PRESENT = 0x2000


def encode(data: bytes, address: int, family: int) -> bytes:
    """An image as UF2 blocks.

    Args:
        data: the image.
        address: where its first byte goes, a multiple of 256.
        family: the chip's family id.
    """
    chunks = [data[i : i + PAYLOAD] for i in range(0, len(data), PAYLOAD)]
    blocks = []
    for number, chunk in enumerate(chunks):
        head = (_START0, _START1, _FAMILY_PRESENT, address + number * PAYLOAD, PAYLOAD)
        header = struct.pack("<8I", *head, number, len(chunks), family)
        blocks.append(header + chunk.ljust(476, b"\0") + struct.pack("<I", _END))
    return b"".join(blocks)

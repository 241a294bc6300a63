"""Quantization-aware training with weights of 4 bits, two in a byte, and int8 activations."""

from __future__ import annotations

from edgekit.quantize import int8_ptq, qat
from edgekit.quantize._network import Network

DESCRIPTION = (
    "4-bit weights (convolutions and Dense), int8 activations, by training: half the flash"
)
TRAINS = True
NEEDS_DATA = True
FOR_FIRMWARE = True

check = int8_ptq.check


def quantize(network: Network) -> bytes:
    """Train a float network on with 4-bit weights, and convert it.

    Raises:
        UnsupportedError: there is no Keras model, or a layer can't be trained so.
    """
    return qat.quantized(network, 4)

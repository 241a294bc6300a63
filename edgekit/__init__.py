"""edgekit: from a trained network to proven int8 firmware on a microcontroller."""

__version__ = "0.1.0"

"""Reads .tflite files into a Graph, without TensorFlow and without trusting the file."""

from edgekit.tflite._reader import constant_places, read

__all__ = ["constant_places", "read"]

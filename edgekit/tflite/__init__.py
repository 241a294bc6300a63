"""Reads .tflite files into a Graph, without TensorFlow and without trusting the file."""

from edgekit.tflite._reader import read

__all__ = ["read"]

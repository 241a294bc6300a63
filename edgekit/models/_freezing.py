"""Turns a TensorFlow function into one without variables, as the converter wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def freeze(call: Callable[[Any], Any], shape: tuple[int, ...]) -> Any:
    """Trace `call` on one input of `shape` and turn its variables into constants.

    Returns:
        a ConcreteFunction; the converter needs it frozen (it fails on one with variables), and
        so gives the same bytes for the same weights, with no folder in between.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    spec = tf.TensorSpec(shape, tf.float32, name="input")
    return convert_variables_to_constants_v2(tf.function(call).get_concrete_function(spec))

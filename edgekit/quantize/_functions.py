"""Which activation function a layer, an `activation=` or a Keras operation computes."""

from __future__ import annotations

from typing import Any

from edgekit.errors import UnsupportedError
from edgekit.quantize._flatten import Step

CLAMPS = {"relu": None, "relu6": 6.0}
# Functions whose range is known beforehand: the converter gives them these very scales.
FIXED = {"softmax": (0.0, 255 / 256), "sigmoid": (0.0, 255 / 256), "tanh": (-1.0, 127 / 128)}
_CURVES = frozenset({"hard_silu", "hard_sigmoid", "silu", "leaky_relu", *FIXED})
_OTHER_NAMES = {"hard_swish": "hard_silu", "swish": "silu", "leaky_re_lu": "leaky_relu"}
_SLOPE = 0.2  # of Keras' leaky_relu where only its name is given
_SUPPORTED = (
    "supported: convolutions (also depthwise, separable, transposed, 1-D), Dense, "
    "BatchNormalization, Rescaling, Normalization, pooling, Add, Subtract, Multiply, Maximum, "
    "Minimum, Concatenate, reshaping, padding, dropout, PReLU, and the activations relu, relu6, "
    "leaky_relu, sigmoid, hard_sigmoid, silu, hard_silu, tanh, softmax; replace the layer by "
    "these, or quantize after training (--quantize int8_ptq)"
)


def activation_of(step: Step) -> tuple[str, float]:
    """The function in a layer's `activation=`."""
    return _known(_function_name(step.layer.activation), step), _SLOPE


def function(step: Step) -> tuple[str, float]:
    """The activation function that a step computes, and its slope or limit.

    Raises:
        UnsupportedError: it computes something else.
    """
    layer, kind = step.layer, step.kind
    if kind == "Activation":
        return _known(_function_name(layer.activation), step), _SLOPE
    if kind == "ReLU" and hasattr(layer, "max_value"):
        return _relu(step)
    if kind == "LeakyReLU" or kind == "LeakyRelu":
        return "leaky_relu", float(layer.negative_slope)
    if kind == "Softmax":
        return "softmax", 0.0
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).lstrip("_")
    return _known(snake, step), _SLOPE


def _relu(step: Step) -> tuple[str, float]:
    layer = step.layer
    slope, limit = float(layer.negative_slope), layer.max_value
    if float(layer.threshold):
        raise unsupported(step, f"with the threshold {layer.threshold:g}")
    if slope:
        if limit is not None:
            raise unsupported(step, "with a slope and a limit")
        return "leaky_relu", slope
    return ("relu", 0.0) if limit is None else ("clamp", float(limit))


def clamp(step: Step) -> str | None:
    """relu or relu6, where a step is one of them."""
    if step.kind not in ("ReLU", "Activation", "Relu", "Relu6"):
        return None
    name, limit = function(step)
    if name == "clamp":
        return "relu6" if limit == 6.0 else None
    return name if name in CLAMPS else None


def _function_name(function: Any) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    return _OTHER_NAMES.get(name, name)


def _known(name: str, step: Step) -> str:
    name = _OTHER_NAMES.get(name, name)
    if name == "linear" or name in CLAMPS or name in _CURVES:
        return name
    raise unsupported(step, f"with the activation {name}" if hasattr(step.layer, "kernel") else "")


def unsupported(step: Step, what: str) -> UnsupportedError:
    """The error for a layer that can't be trained for int8."""
    layer = step.layer
    described = f"layer {layer.name!r} ({type(layer).__name__})"
    return UnsupportedError(
        f"{described} {what} can't be trained for int8".replace("  ", " "), _SUPPORTED
    )

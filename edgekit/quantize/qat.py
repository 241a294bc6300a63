"""Quantization-aware training: a trained Keras model trained on with the int8 model's rounding.

`prepare` rewrites the model, `train` (or any Keras fit) trains it, `convert` makes the .tflite.
"""

from __future__ import annotations

from typing import Any

from edgekit import registry
from edgekit.errors import InputError, UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.models._freezing import freeze
from edgekit.quantize import int8_ptq
from edgekit.quantize._converter import converted, integer_converter
from edgekit.quantize._layers import Bits
from edgekit.quantize._network import Network
from edgekit.quantize._prepared import is_prepared
from edgekit.quantize._training import train

DESCRIPTION = "int8 after training with its rounding: closest to the float model's accuracy"
TRAINS = True
NEEDS_DATA = True
FOR_FIRMWARE = True

_CALIBRATION = 256  # samples are enough for ranges to begin with

__all__ = ["calibrate", "check", "convert", "prepare", "quantize", "train"]

check = int8_ptq.check


def prepare(model: Any, *, weight_bits: int = 8, keep: frozenset[str] = frozenset()) -> Any:
    """A model that computes as its int8 version will, with the same weights; itself untouched.

    BatchNormalization is folded into the weights in front of it with its trained statistics, so
    the model should be trained already.

    Args:
        model: a functional or sequential Keras 3 model; nested and shared layers are fine.
        weight_bits: 8, or 4 for the weights of convolutions and Dense layers (depthwise
            convolutions keep 8).
        keep: names of layers that keep 8 bits all the same.

    Returns:
        a functional Keras model, to be compiled and fitted as any other. It can be saved and
        loaded as a .keras file once `edgekit.quantize.qat` was imported.

    Raises:
        UnsupportedError: a layer can't be trained so; it is named, with what to do.
        InputError: `keep` names a layer that the model doesn't have.
    """
    from edgekit.quantize._rewrite import rewrite

    names = [layer.name for layer in model._flatten_layers(include_self=False, recursive=True)]
    for name in sorted(keep - set(names)):
        raise registry.unknown(f"layer of {model.name!r} to keep in 8 bits", name, names)
    return rewrite(model, Bits(weight_bits, keep))


def calibrate(model: Any, samples: Array, batch: int = 32) -> None:
    """Set the ranges of a prepared model's activations by running samples through it.

    Args:
        model: from `prepare`.
        samples: float32 (n, ...), typical inputs.
        batch: samples at a time.
    """
    from edgekit.quantize import _fake_quant

    ranges = [layer for layer in model.layers if isinstance(layer, _fake_quant.FakeQuant)]
    for layer in ranges:  # not by training=True: dropout would change what they see
        layer.listens = True
    try:
        for start in range(0, len(samples), batch):
            model(samples[start : start + batch], training=False)
    finally:
        for layer in ranges:
            layer.listens = False


def convert(model: Any) -> bytes:
    """The int8 .tflite of a prepared and trained model.

    Args:
        model: from `prepare`, trained or at least calibrated; one input.

    Raises:
        InputError: a range never saw data.
        UnsupportedError: the converter refuses the model.
    """
    require_data(model)
    shape = (1, *model.inputs[0].shape[1:])
    return converted(integer_converter(freeze(lambda x: model(x, training=False), shape)))


def require_data(model: Any) -> None:
    """Refuse a prepared model that was neither trained nor calibrated.

    Raises:
        InputError: a range never saw data.
    """
    from edgekit.quantize import _fake_quant

    for layer in model.layers:
        if isinstance(layer, _fake_quant.FakeQuant) and not layer.is_ready:
            raise InputError(
                f"the range of {layer.name!r} never saw data",
                "fit the prepared model first, or run qat.calibrate(model, samples)",
            )


def quantize(network: Network) -> bytes:
    """Train a float network on with int8's rounding, and convert it.

    Raises:
        UnsupportedError: there is no Keras model, or a layer can't be trained so.
    """
    return quantized(network, 8)


def quantized(network: Network, weight_bits: int) -> bytes:
    """`quantize` with this many bits for the weights of convolutions and Dense layers."""
    if network.keras is None:
        raise UnsupportedError(
            "quantization-aware training needs the Keras model, and the source is a frozen graph",
            "give the .keras or .h5 file, or quantize after training (--quantize int8_ptq)",
        )
    if is_prepared(network.function):
        raise UnsupportedError(
            "the model was prepared for int8 already", "convert it as it is: --quantize trained"
        )
    model = prepare(network.keras, weight_bits=weight_bits, keep=network.keep)
    calibrate(model, network.samples[:_CALIBRATION])
    train(model, network)
    return convert(model)
